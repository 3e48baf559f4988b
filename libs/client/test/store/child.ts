import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const typescript = `
  const { transformFileSync } = require('@swc/core');
  const options = {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'commonjs' },
    swcrc: false,
  };
  require.extensions['.ts'] = (module, path) => module._compile(transformFileSync(path, options).code, path);
`;

interface ChildOptions {
  /** The size that a file may have, in blocks of the shell's `ulimit -f`. */
  readonly fileBlocks?: number;
  readonly options?: { readonly idleAfter?: number; readonly compactFrom?: number };
}

/** A real process of its own that runs `script` with `store` opened on `directory` and `say` for a line to us. */
export class Child {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(directory: string, script: string, { fileBlocks, options = {} }: ChildOptions = {}) {
    const body = `${typescript}
      const { fileLocalStore } = require(${JSON.stringify(join(__dirname, '../../src/store/file-local-store.ts'))});
      const store = fileLocalStore(${JSON.stringify(directory)}, ${JSON.stringify(options)});
      const say = (value) => process.stdout.write(JSON.stringify(value) + '\\n');
      (async () => { ${script} })();`;
    const limit = fileBlocks === undefined ? '' : `ulimit -f ${fileBlocks}; `;
    this.#process = spawn('sh', ['-c', `${limit}exec "$0" -e "$1"`, process.execPath, body], {
      cwd: join(__dirname, '../../../..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout as NodeJS.ReadableStream })[
      Symbol.asyncIterator
    ]();
  }

  get pid(): number {
    return this.#process.pid as number;
  }

  /** What it says next; `undefined` when it is gone. */
  async hear(): Promise<unknown> {
    const { done, value } = await this.#lines.next();
    return done ? undefined : JSON.parse(value);
  }

  /** `kill -9`, and what it had still said. */
  async kill(): Promise<unknown[]> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGKILL');
    await gone;
    const rest: unknown[] = [];
    for (let said = await this.hear(); said !== undefined; said = await this.hear()) rest.push(said);
    return rest;
  }
}

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';

export interface ServerProcess {
  readonly port: number;
  stop(): Promise<void>;
}

/** The real server, as `npm start` runs it, on a free port and its own database file. */
export async function startServer(root: string, folder: string): Promise<ServerProcess> {
  const main = join(root, 'apps/server/dist/main.js');
  if (!existsSync(main))
    throw new Error(`${main} is not built. Run \`npm run build\`, or the tests by \`npm test\`.`);
  const port = await freePort();
  const args = [main, '--port', String(port), '--db', join(folder, 'docs.db')];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await healthy(port, child, () => output);
  return { port, stop: () => stop(child) };
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((found, failed) => {
    const probe = createServer().once('error', failed);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo;
      probe.close(() => found(port));
    });
  });
}

async function healthy(port: number, child: ChildProcess, output: () => string): Promise<void> {
  const exited = new Promise<never>((_, failed) => {
    child.once('exit', (code) =>
      failed(new Error(`The server ended with code ${code} before it was up:\n${output()}`)),
    );
  });
  const up = async () => {
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => undefined);
      if (answer?.ok) return;
      await new Promise((next) => setTimeout(next, 20));
    }
  };
  await Promise.race([up(), exited]);
}

function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const last = setTimeout(() => child.kill('SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(last);
      done();
    });
    child.kill('SIGTERM');
  });
}

import { openAtomSync, syncedAtom, syncedValue, type AtomSync } from '@atomsync/client';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { interval, map } from 'rxjs';
import ts from 'typescript';
import { Served } from '../../apps/cli/test/support/served';
import { until } from '../support/until';
import { blocksOf, fencesOf } from './blocks';
import { freePort } from '../support/free-port';
import { Guide, type Terminal } from './guide';
import { isInstalled } from './is-installed';
import { readPage, ROOT } from './pages';

const PLACE = join(ROOT, 'node_modules/.cache/atomsync-guide-');

// Programs of several processes, which take a while to start where the machine is busy.
jest.setTimeout(120_000);

const last = ({ lines }: Terminal): string | undefined => lines.at(-1);

describe('a reader who follows the guide', () => {
  let guide: Guide;
  let served: Served | undefined;
  let conn: AtomSync | undefined;
  afterEach(async () => {
    await conn?.close();
    await guide.dispose();
    await served?.dispose();
    [conn, served] = [undefined, undefined];
  });

  it('for Node has two programs that count together, with and without a server, and across restarts', async () => {
    served = await Served.start();
    guide = new Guide('docs/guides/rxjs-node.md', PLACE, (text) =>
      text.replace('ws://localhost:8090/sync', served!.url),
    );
    expect(guide.commands(/^npx atomsync serve$/)).toHaveLength(1);
    const [run, runAgain] = guide.commands(/^node counter\.mjs/);
    guide.write('counter.mjs');

    const [ann, bob] = [guide.terminal(run!), guide.terminal(run!)];
    const both = (line: string) =>
      Promise.all([ann, bob].map((each) => each.until(() => last(each) === line)));
    await both('visits: 0');
    ann.enter();
    await both('visits: 1');
    bob.enter();
    await both('visits: 2');
    expect([ann.said, bob.said]).toEqual([`${guide.shown('text')[0]}\n`, `${guide.shown('text')[0]}\n`]);

    await served.end();
    const count = async (terminal: Terminal, ...to: number[]) => {
      for (const n of to) {
        terminal.enter();
        await terminal.until(() => last(terminal) === `visits: ${n}`);
      }
    };
    await count(ann, 3, 4, 5);
    await count(bob, 3, 4);
    await served.restart();
    await both('visits: 7');
    await Promise.all([ann.end('SIGINT'), bob.end('SIGINT')]);

    guide.write('counter.mjs');
    const kept = guide.terminal(runAgain!);
    await kept.until(() => last(kept) === 'visits: 7');
    await served.end();
    const stored = bytesIn(join(guide.folder, 'ann'));
    await count(kept, 8);
    const bytes$ = interval(20).pipe(map(() => bytesIn(join(guide.folder, 'ann'))));
    await until(bytes$, (bytes) => bytes > stored);
    await kept.end('SIGINT');
    const again = guide.terminal(runAgain!);
    await again.until(() => last(again) === 'visits: 8');
    await served.restart();
    conn = openAtomSync('test', { server: served.url });
    await until(syncedValue(conn, 'visits', 0), (n) => n === 8);

    const [watch] = guide.commands(/^npx atomsync watch/);
    const watcher = guide.terminal(watch!, { ATOMSYNC_SERVER: served.url });
    const todos = syncedAtom<{ text: string }>(conn, 'guide/todos');
    await todos.ready();
    for (let n = 1; !watcher.said.includes('todo:1'); n++) {
      await todos.transact((docs) => docs.with('todo:1', { text: `Buy milk ${n}` })).accepted;
    }
    expect(guide.left()).toEqual([]);
  });

  it('for NestJS has an app that serves todos, writes them itself, and hears of all of them', async () => {
    const port = await freePort();
    guide = new Guide('docs/guides/nestjs.md', PLACE, (text) =>
      text.replaceAll('localhost:3000', `127.0.0.1:${port}`),
    );
    guide.write(undefined, (code, name) => [name.replace(/^src\/(.*)\.ts$/, 'dist/$1.js'), toCommonJs(code)]);
    expect(guide.commands(/^npm start$/)).toHaveLength(1);
    const app = guide.terminal('node dist/main.js', { PORT: String(port) });
    await app.until(({ said }) => said.includes('successfully started'));

    const [watch] = guide.commands(/^npx atomsync watch/);
    const watcher = guide.terminal(watch!);
    conn = openAtomSync('test', { server: `ws://127.0.0.1:${port}/sync` });
    const todos = syncedAtom<{ text: string }>(conn, 'todo');
    await todos.ready();
    for (let n = 1; !watcher.said.includes('first'); n++) {
      await todos.transact((docs) => docs.with('first', { text: `${n}` })).accepted;
    }
    await todos.transact((docs) => docs.without('first')).accepted;

    const writes = guide.terminal(guide.commands(/^(curl|npx atomsync put)/).join('\n'));
    expect((await writes.result()).trim().endsWith(guide.shown('json')[0]!)).toBe(true);
    await watcher.until(({ said }) => ['todo:1', 'todo:2', 'done'].every((word) => said.includes(word)));
    await app.until(({ said }) => said.includes('todo:1: Buy milk') && said.includes('todo:2: Call Ada'));
    await app.end('SIGTERM');
    expect(guide.left()).toEqual([]);
  });

  it('for Angular sees from outside what the app writes', async () => {
    served = await Served.start();
    guide = new Guide('docs/guides/angular.md', PLACE, (text) => text);
    expect(guide.commands(/^npx atomsync serve$/)).toHaveLength(1);
    expect(guide.commands(/^npm start$/)).toHaveLength(1); // the app itself: libs/angular/test/guide.test.ts
    await served.put('todo', 'todo:2', { text: 'Buy milk', done: false });
    const commands = guide.terminal(guide.commands(/^npx atomsync (get|put)/).join('\n'), {
      ATOMSYNC_SERVER: served.url,
    });
    expect(await commands.result()).toContain('Buy milk');
    conn = openAtomSync('test', { server: served.url });
    await until(syncedAtom<unknown>(conn, 'todo').at('todo:1'), (todo) => todo !== undefined);
    guide.write();
    expect(guide.left()).toEqual([]);
  });
});

describe.each(['docs/guides/angular.md', 'docs/guides/nestjs.md', 'docs/guides/rxjs-node.md'])(
  '%s',
  (path) => {
    const { text } = readPage(path);
    const installed = fencesOf(path, text)
      .flatMap(({ lines }) => lines)
      .flatMap((line) => /^npm install (?:--save-dev )?(.*)$/.exec(line)?.[1]?.split(/\s+/) ?? []);

    it('says to install what there is', () => {
      expect(installed.length).toBeGreaterThan(1);
      expect(installed.filter((name) => !isInstalled(name))).toEqual([]);
    });

    it('says to install what its code imports', () => {
      const imported = blocksOf(path, text).flatMap(({ code }) =>
        [...code.matchAll(/from '((?:@[\w-]+\/)?[\w-]+)[^']*'/g)].map(([, from]) => from!),
      );
      // What every app of Nest or Angular has from the start.
      const given = /^@(nestjs|angular)\//;
      expect(imported.length).toBeGreaterThan(2);
      expect(imported.filter((from) => !installed.includes(from) && !given.test(from))).toEqual([]);
    });

    it('has in its projects what names this test', () => {
      const here = blocksOf(path, text).filter(({ runIn }) => runIn === 'test/docs/guides.test.ts');
      expect(here.filter(({ file }) => file === undefined).map(({ title }) => title)).toEqual([]);
    });
  },
);

function bytesIn(folder: string): number {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
    .reduce((sum, size) => sum + size, 0);
}

/** As the Nest CLI compiles an app. */
function toCommonJs(code: string): string {
  const compilerOptions = {
    ...{ target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.CommonJS },
    ...{ experimentalDecorators: true, emitDecoratorMetadata: true },
  };
  return ts.transpileModule(code, { compilerOptions }).outputText;
}

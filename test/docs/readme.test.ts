import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ServerProcess } from '../support/server-process';
import { blocksOf, type Block } from './blocks';
import { typeCheck } from './compile';
import { freePort } from '../support/free-port';
import { readPages, ROOT } from './pages';
import { Programs } from './programs';

const blocks = readPages().flatMap(({ path, text }) => blocksOf(path, text));
const running = blocks.filter(({ runIn }) => runIn === undefined);
const runElsewhere = blocks.filter(({ runIn }) => runIn !== undefined);

/** A block with a fault, to see that it is found. */
const [wrong] = blocksOf('wrong.md', '\n```ts\nconst n: number = await Promise.resolve("x");\n```');

let server: ServerProcess;
let programs: Programs;
let messages: Map<string, string[]>;

beforeAll(async () => {
  const listening = running.filter(listens);
  server = await ServerProcess.start();
  const shared = Number(new URL(server.http).port);
  const ports = new Map<Block, number>();
  for (const block of listening) ports.set(block, await freePort());
  // Those on the shared server see each other's docs, so they take turns.
  const lanes = [running.filter((block) => !usesServer(block)), running.filter(usesServer)];
  programs = new Programs(lanes, (block) => ports.get(block) ?? shared);
  // Meanwhile, as it takes as long.
  messages = typeCheck(ROOT, [...blocks, wrong!]);
}, 120_000);

afterAll(async () => {
  programs?.dispose();
  await server?.dispose();
});

describe('the code in the documentation', () => {
  it('is found', () => {
    expect(blocks.length).toBeGreaterThan(5);
  });

  it.each(blocks)('$title compiles', ({ title }) => {
    expect(messages.get(title) ?? []).toEqual([]);
  });

  it('would be reported with the line of the page if it had a wrong type', () => {
    expect(messages.get('wrong.md:2')?.join()).toMatch(/^wrong\.md:3: Type 'string' is not assignable/);
  });
});

describe('the code in the documentation, against the real packages and a real server', () => {
  it.each(running)(
    '$title runs',
    async (block) => {
      expect(await programs.faultOf(block)).toBe('');
    },
    180_000,
  );

  it.each(runElsewhere)('$title is run in $runIn', ({ title, runIn }) => {
    const test = readFileSync(join(ROOT, runIn!), 'utf8');
    const page = title.replace(/:\d+$/, '');
    expect(test.includes(`'${page}'`) || test.includes('readPages()')).toBe(true);
  });
});

function listens({ code }: Block): boolean {
  return code.includes('listen(8090)');
}

function usesServer(block: Block): boolean {
  return block.code.includes('localhost:8090') && !listens(block);
}

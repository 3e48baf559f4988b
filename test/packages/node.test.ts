import { readInstall } from './support/read-me';
import { freePort } from '../support/free-port';
import { Workshop, type Running } from './support/workshop';

describe('what a plain Node program installs', () => {
  const workshop = new Workshop('node');
  let folder: string;
  let command: string;
  let server: string;
  let serving: Running;

  beforeAll(async () => {
    folder = workshop.folder('app', 'fixtures/node');
    const client = readInstall('libs/client/README.md');
    await workshop.install(folder, ...client, ...readInstall('apps/cli/README.md'), '@atomsync/testing');
    command = `${folder}/node_modules/.bin/atomsync`;
    const port = String(await freePort());
    server = `ws://127.0.0.1:${port}/sync`;
    const args = ['serve', '--port', port, '--db', 'data.db'];
    serving = await workshop.start(folder, {}, /sync at ws:/, command, ...args);
  });

  afterAll(() => workshop.close());

  it('has a client that is one copy to what requires and what imports it, and syncs', async () => {
    const said = await workshop.runWithin(
      60_000,
      folder,
      'node',
      'both.cjs',
      server,
      workshop.folder('data'),
    );
    expect(said).toContain('Both see the same.');
  });

  it('has a command that shows what the client has written', async () => {
    const args = ['get', 'notes', 'from:common-js', '--json', '--server', server];
    expect(JSON.parse(await workshop.runWithin(60_000, folder, command, ...args))).toMatchObject({
      value: { tags: { $set: [{ $keyword: 'cjs' }] } },
    });
  });

  it('has a server in memory for tests', async () => {
    expect(await workshop.runWithin(60_000, folder, 'node', 'net.mjs')).toContain('Both have it.');
  });

  it('has a server that ends in good order when it is told to', async () => {
    expect(await serving.end()).not.toMatch(/error|warning/i);
  });
});

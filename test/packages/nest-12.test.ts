import { NestApp } from './support/nest-app';
import { node22 } from './support/node-22';
import { readQuickStart } from './support/read-me';
import { Workshop } from './support/workshop';

/*
 * `nest12` is what the Nest 12 CLI makes, without linters and formatters. Its tools need Node 22, and its packages are
 * ES modules.
 */
describe("an app of the Nest 12 CLI that follows the server's README", () => {
  const workshop = new Workshop('nest-12');
  let app: NestApp;

  beforeAll(async () => {
    workshop.useNode(await node22(workshop));
    app = new NestApp(workshop, workshop.folder('app', 'nest12'));
    await app.follow(readQuickStart());
  });

  afterAll(() => workshop.close());

  it('has Nest 12, and runs on Node 22', async () => {
    expect(app.nest).toMatch(/^12\./);
    expect(await workshop.run(workshop.home, 'node', '--version')).toMatch(/^v22\./);
  });

  it('syncs with a client, and has its data after a restart', async () => {
    await app.whileRunning(async (server) => {
      await app.client('write.js', server);
      await app.client('read.js', server);
    });
    await app.whileRunning(async (server) => {
      expect(await app.client('read.js', server)).toContain('It has what was written.');
    });
  });

  it('passes the tests that the CLI has made', async () => {
    await app.script('test');
    await app.script('test:e2e');
  });
});

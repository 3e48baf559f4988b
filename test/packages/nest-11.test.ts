import { resolve } from 'node:path';
import { NestApp } from './support/nest-app';
import { readQuickStart } from './support/read-me';
import { Workshop } from './support/workshop';

const NEST = resolve(__dirname, '../../node_modules/.bin/nest');

describe("a fresh app of the Nest 11 CLI that follows the server's README", () => {
  const workshop = new Workshop('nest-11');
  let app: NestApp;

  beforeAll(async () => {
    await workshop.run(
      workshop.home,
      NEST,
      ...['new', 'app', '--skip-git', '--skip-install', '--package-manager', 'npm'],
    );
    app = new NestApp(workshop, workshop.folder('app'));
    await app.follow(readQuickStart());
  });

  afterAll(() => workshop.close());

  it('still has Nest 11', () => {
    expect(app.nest).toMatch(/^11\./);
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

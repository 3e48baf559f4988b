import { join } from 'node:path';
import { inChromium } from '../support/in-chromium';
import { syncBetweenPages } from './support/pages';
import { readInstall } from './support/read-me';
import { Workshop } from './support/workshop';

inChromium('a page of the client alone', (stage) => {
  const workshop = new Workshop('web');
  let folder: string;

  beforeAll(async () => {
    folder = workshop.folder('app', 'fixtures/web');
    await workshop.install(folder, ...readInstall('libs/client/README.md'), 'vite@8', 'esbuild');
  }, 900_000);

  afterAll(() => workshop.close());

  it('is built by Vite without a warning, and syncs', async () => {
    const said = await workshop.run(folder, 'npx', 'vite', 'build', '--base', './');
    expect(said).not.toMatch(/warn|external|commonjs/i);
    await syncBetweenPages(stage(), join(folder, 'dist'));
  });

  it('is bundled by esbuild from ES modules alone, and syncs', async () => {
    const said = await workshop.run(folder, 'node', 'bundle.js');
    expect(JSON.parse(said)).toEqual([]);
    await syncBetweenPages(stage(), join(folder, 'esbuild'));
  });
});

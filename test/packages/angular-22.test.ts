import { inChromium } from '../support/in-chromium';
import { AngularApp } from './support/angular-app';
import { node22 } from './support/node-22';
import { syncBetweenPages } from './support/pages';
import { Workshop } from './support/workshop';

inChromium('a fresh app of the Angular 22 CLI, on Node 22', (stage) => {
  const workshop = new Workshop('angular-22');
  let app: AngularApp;

  beforeAll(async () => {
    workshop.useNode(await node22(workshop));
    app = await AngularApp.create(workshop, 'npx', '-y', '--prefer-offline', '@angular/cli@22');
  }, 900_000);

  afterAll(() => workshop.close());

  it('is built for production without a warning, and syncs', async () => {
    expect(await app.build()).not.toMatch(/warning|commonjs|not esm/i);
    await syncBetweenPages(stage(), app.built);
  }, 900_000);
});

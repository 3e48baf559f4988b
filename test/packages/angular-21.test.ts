import { resolve } from 'node:path';
import { inChromium } from '../support/in-chromium';
import { AngularApp } from './support/angular-app';
import { syncBetweenPages } from './support/pages';
import { Workshop } from './support/workshop';

const NG = resolve(__dirname, '../../node_modules/.bin/ng');

inChromium('a fresh app of the Angular 21 CLI', (stage) => {
  const workshop = new Workshop('angular-21');
  let app: AngularApp;

  beforeAll(async () => {
    app = await AngularApp.create(workshop, NG);
  }, 900_000);

  afterAll(() => workshop.close());

  it('is built for production without a warning, and syncs', async () => {
    expect(await app.build()).not.toMatch(/warning|commonjs|not esm/i);
    await syncBetweenPages(stage(), app.built);
  }, 900_000);
});

import { Stage } from '../support/stage';
import { Workshop } from './support/workshop';

describe('the client in a plain Node program', () => {
  const workshop = new Workshop('node');
  let stage: Stage;
  let folder: string;

  beforeAll(async () => {
    stage = await Stage.open();
    folder = workshop.folder('app', 'fixtures/node');
    await workshop.install(folder, '@atomsync/client', 'rxjs');
  });

  afterAll(async () => {
    await Promise.all([workshop.close(), stage.close()]);
  });

  it('is one copy to what requires and what imports it, and syncs', async () => {
    const said = await workshop.runWithin(
      60_000,
      folder,
      'node',
      'both.cjs',
      stage.server.url,
      workshop.folder('data'),
    );
    expect(said).toContain('Both see the same.');
  });
});

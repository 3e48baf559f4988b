import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workshop } from './support/workshop';

const COMPILERS = ['5.9', '7'] as const;
const STRICT = [
  '--types',
  'node',
  '--noEmit',
  '--strict',
  '--exactOptionalPropertyTypes',
  '--skipLibCheck',
  'false',
  '--target',
  'es2022',
];

describe('the types of what a client installs', () => {
  const workshop = new Workshop('types');
  let folder: string;

  beforeAll(async () => {
    folder = workshop.folder('app', 'fixtures/types');
    const compilers = COMPILERS.map((version) => `typescript-${version}@npm:typescript@${version}`);
    await workshop.install(folder, '@atomsync/client', 'rxjs', '@types/node@20', ...compilers);
  });

  afterAll(() => workshop.close());

  const settings = [
    ['node16', 'main.ts', 'main.mts', '--module', 'node16', '--moduleResolution', 'node16'],
    ['bundler', 'main.ts', '--module', 'esnext', '--moduleResolution', 'bundler'],
    ['node10', 'main.ts', '--module', 'commonjs', '--moduleResolution', 'node10'],
  ] as const;
  const cases = COMPILERS.flatMap((version) =>
    settings.map(([title, ...args]) => ({ version, title, args })),
  );

  // TypeScript 7 has left node10 behind.
  it.each(cases.filter(({ version, title }) => version === '5.9' || title !== 'node10'))(
    'hold under TypeScript $version with $title, strict and with those of libraries checked',
    async ({ version, args }) => {
      // As an ES module too.
      copyFileSync(join(folder, 'main.ts'), join(folder, 'main.mts'));
      const compiler = `node_modules/typescript-${version}/bin/tsc`;
      expect(await workshop.run(folder, 'node', compiler, ...STRICT, ...args)).toBe('');
    },
  );
});

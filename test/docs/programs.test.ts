import { blocksOf } from './blocks';
import { Programs } from './programs';

const fences = (...codes: string[]): string =>
  codes
    .map(
      (code) =>
        `${code.startsWith('+') ? '<!-- continues -->' : ''}\n\`\`\`ts\n${code.replace('+', '')}\n\`\`\``,
    )
    .join('\n');

it('a block fails by what it throws and by what it leaves behind, and what continues it with it, and no other', async () => {
  const throwing = blocksOf(
    'throws.md',
    fences('const n = 1;', "throw new Error('at once');", '+n;', '+export {};', 'globalThis.name;', '+1;'),
  );
  const leaving = blocksOf(
    'leaves.md',
    fences('1;', "void Promise.reject(new Error('later'));\nawait new Promise(() => undefined);"),
  );
  const programs = new Programs([throwing, leaving], () => 8090);
  try {
    const faults = await Promise.all([...throwing, ...leaving].map((block) => programs.faultOf(block)));
    expect(faults).toEqual([
      '',
      expect.stringContaining('at once'),
      'It continues throws.md:6, which fails.',
      'It continues throws.md:10, which fails.',
      '',
      '',
      '',
      expect.stringContaining('later'),
    ]);
  } finally {
    programs.dispose();
  }
});

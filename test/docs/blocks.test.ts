import { blocksOf, fencesOf } from './blocks';

const page = (...lines: string[]) => lines.join('\n');

describe('blocksOf', () => {
  it('names a block by the line of its fence', () => {
    expect(blocksOf('a.md', page('text', '```ts', 'f();', '```')).map(({ title }) => title)).toEqual([
      'a.md:2',
    ]);
  });

  it('passes over other languages, and code of others', () => {
    expect(blocksOf('a.md', page('```sh', 'npm start', '```', '```', '```'))).toEqual([]);
    expect(blocksOf('a.md', page('<!-- not ours: X -->', '```ts', 'x();', '```'))).toEqual([]);
  });

  it('puts the code of the block before it first where a block continues', () => {
    const [first, second] = blocksOf(
      'a.md',
      page('```ts', 'one();', '```', '<!-- continues -->', '```ts', 'two();', '```'),
    );
    expect(second).toMatchObject({ code: 'one();\ntwo();', own: 'two();', lines: [2, 6] });
    expect(second?.continues).toBe(first);
  });

  it('reads what is said of a block from the comments above', () => {
    const [block] = blocksOf(
      'a.md',
      page('<!-- before: a(); -->', '<!-- run-in: a.test.ts -->', '```js', 'b();', '```'),
    );
    expect(block).toMatchObject({ code: 'a();\nb();', runIn: 'a.test.ts', fileName: 'a-md-3.mjs' });
    const files = blocksOf(
      'a.md',
      page(
        ...['x.ts', 'b/y.ts', 'x.ts'].flatMap((file) => [
          `<!-- run-in: a.test.ts -->`,
          `<!-- file: ${file} -->`,
          '',
          '```ts',
          '```',
        ]),
      ),
    );
    expect(files.map(({ fileName }) => fileName)).toEqual(['a-md-0/x.ts', 'a-md-0/b/y.ts', 'a-md-1/x.ts']);
    expect(files[1]).toMatchObject({ runIn: 'a.test.ts', file: 'b/y.ts' });
  });
});

describe('fencesOf', () => {
  it('finds blocks of all languages, and those in lists', () => {
    const fences = fencesOf(
      'a.md',
      page('1. first', '', '   ```sh', '   ls', '   ```', '', '```', 'x', '```'),
    );
    expect(fences.map(({ language, lines, at }) => [language, lines, at])).toEqual([
      ['sh', ['ls'], 3],
      ['', ['x'], 7],
    ]);
  });

  it('refuses a block without an end', () => {
    expect(() => fencesOf('a.md', page('```ts', 'x'))).toThrow('a.md:1: this block is never closed');
  });
});

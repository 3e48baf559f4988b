import fc from 'fast-check';
import { linesOf, type LinePosition, type TextLine } from '../src/exchange/lines';

async function* inChunks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function read(bytes: Buffer, size: number, behind?: LinePosition): Promise<TextLine[]> {
  const lines: TextLine[] = [];
  for await (const line of linesOf(inChunks(bytes, size), behind)) lines.push(line);
  return lines;
}

it('gives lines with their numbers and ends, without empty ones', async () => {
  expect(await read(Buffer.from('a\n\nüb\nrest'), 2)).toEqual([
    { text: 'a', number: 1, end: 2, isWhole: true },
    { text: 'üb', number: 3, end: 7, isWhole: true },
    { text: 'rest', number: 4, end: 11, isWhole: false },
  ]);
});

it('gives the same from any chunks, and goes on behind any line', async () => {
  const texts = fc.array(fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\n\r]/g, '')));
  await fc.assert(
    fc.asyncProperty(
      texts,
      fc.boolean(),
      fc.integer({ min: 1, max: 9 }),
      fc.nat(),
      async (all, torn, size, pick) => {
        const bytes = Buffer.from(all.map((text) => `${text}\n`).join('') + (torn ? 'torn' : ''));
        const lines = await read(bytes, size);
        expect(lines.map(({ text }) => text)).toEqual([
          ...all.filter((text) => text.trim() !== ''),
          ...(torn ? ['torn'] : []),
        ]);
        if (lines.length === 0) return;
        const behind = lines[pick % lines.length]!;
        expect(await read(bytes.subarray(behind.end), size, behind)).toEqual(
          lines.slice((pick % lines.length) + 1),
        );
      },
    ),
  );
});

import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { GUARANTEES } from './guarantees';

const ROOT = resolve(__dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/GUARANTEES.md'), 'utf8');

describe('docs/GUARANTEES.md', () => {
  it('has an entry for each guarantee, in their order', () => {
    const headings = [...page.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual(GUARANTEES.map(({ number, title }) => `${number}. ${title}`));
  });

  it.each(GUARANTEES)(
    '$number. says what is promised, how, and what is not, and names the proofs',
    (guarantee) => {
      const { number, proofs, tests } = guarantee;
      const entry = page.slice(page.indexOf(`\n## ${number}. `)).split('\n## ')[1]!;
      for (const part of ['Promise', 'Mechanism', 'Proof', 'Not promised'])
        expect(entry).toContain(`**${part}.**`);
      const proof = /\*\*Proof\.\*\*([^]*?)\n- \*\*/.exec(entry)![1]!;
      for (const name of proofs) expect(proof).toContain(name);
      for (const file of tests) {
        expect(proof).toContain(`(../${file})`);
        expect(existsSync(join(ROOT, file))).toBe(true);
      }
    },
  );
});

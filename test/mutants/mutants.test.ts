import { quickOrLong } from '../support/long';
import { MUTANTS } from './mutants';
import { misplaced, runMutant } from './run-mutant';

/** One of them in a quick run; all of them are `npm run test:mutants`. */
const SHARE = ['no gap check'];

describe('the faults that are planted to see whether the proofs bite', () => {
  it.each(MUTANTS.map((mutant) => [mutant.name, mutant] as const))(
    '%s: can still be planted',
    (_, mutant) => {
      expect(misplaced(mutant)).toBeUndefined();
    },
  );

  it('break every guarantee', () => {
    const broken = new Set(MUTANTS.flatMap(({ breaks }) => breaks));
    expect([...broken].sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  const share = MUTANTS.filter(({ name }) => SHARE.some((start) => name.startsWith(start)));
  it.each(share.map((mutant) => [mutant.name, mutant] as const))(
    '%s: is caught',
    async (_, mutant) => {
      expect(await runMutant(mutant, quickOrLong(100, 600))).toMatchObject({ caught: true });
    },
    300_000,
  );
});

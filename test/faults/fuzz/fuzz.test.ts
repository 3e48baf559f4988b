import { quickOrLong } from '../../support/long';
import corpus from './corpus.json';
import { fuzz, readOnce } from './fuzz';
import { TARGETS, type Target } from './targets';

const RUNS = quickOrLong(2_000, 300_000);
const all = Object.entries(TARGETS);

/** Inputs on which readers have failed, or could, as hexadecimal: add what `fuzz` finds. */
const known = Object.entries(corpus).flatMap(([name, inputs]) =>
  inputs.map((hex): [string, string, Target] => [name, hex, TARGETS[name]!]),
);

describe('what reads bytes of strangers', () => {
  it.each(known)('%s: reads %s, or says what is wrong with it', (_, hex, target) => {
    expect(readOnce(target, Buffer.from(hex, 'hex')).crash).toBeUndefined();
  });

  it.each(all)(
    `%s: reads or refuses whatever comes, ${RUNS} times`,
    (_, target) => {
      const { crashers, ways } = fuzz(target, RUNS);
      expect(crashers.map(({ input, error }) => [Buffer.from(input).toString('hex'), error])).toEqual([]);
      expect(ways).toBeGreaterThan(3);
    },
    300_000,
  );

  it.each(all.filter(([name]) => !name.startsWith('write')))(
    '%s: takes the seeds, which are well-formed',
    (_, { seeds, read }) => {
      for (const seed of seeds) expect(() => read(seed)).not.toThrow();
    },
  );
});

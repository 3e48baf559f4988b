/** What proves a guarantee, beside tests of single histories. */
export type Proof = 'simulation' | 'kill' | 'link' | 'power' | 'load' | 'fuzz';

/** One entry of docs/GUARANTEES.md, as far as programs deal with it. */
export interface Guarantee {
  readonly number: number;
  readonly title: string;
  readonly proofs: readonly Proof[];
  /** Test files, from the root. */
  readonly tests: readonly string[];
}

export const GUARANTEES: readonly Guarantee[] = [
  {
    number: 1,
    title: 'Acknowledged writes last',
    proofs: ['simulation', 'kill', 'power'],
    tests: ['libs/server/test/hardening/store-trouble.test.ts'],
  },
  {
    number: 2,
    title: 'At most once',
    proofs: ['simulation', 'kill', 'link'],
    tests: ['test/histories/histories.test.ts', 'libs/server/test/decide.test.ts'],
  },
  {
    number: 3,
    title: 'In order; own writes are read',
    proofs: ['simulation', 'kill'],
    tests: ['test/histories/histories.test.ts', 'libs/client/test/pending.test.ts'],
  },
  {
    number: 4,
    title: 'All docs of a mutation, or none',
    proofs: ['simulation', 'kill', 'link'],
    tests: ['test/swarm/bank.test.ts', 'test/histories/histories.test.ts'],
  },
  {
    number: 5,
    title: 'No swap is lost',
    proofs: ['simulation', 'kill', 'link'],
    tests: ['test/histories/clocks-and-swaps.test.ts', 'libs/server/test/decide.test.ts'],
  },
  {
    number: 6,
    title: 'No update is skipped',
    proofs: ['simulation', 'link'],
    tests: ['libs/client/test/apply.test.ts', 'libs/server/test/histories.test.ts'],
  },
  {
    number: 7,
    title: 'All become equal',
    proofs: ['simulation', 'link', 'load'],
    tests: ['test/histories/histories.test.ts'],
  },
  {
    number: 8,
    title: 'Reads do not go back',
    proofs: ['simulation'],
    tests: ['libs/client/test/apply.test.ts'],
  },
  {
    number: 9,
    title: 'A crashed client loads',
    proofs: ['simulation', 'kill', 'power'],
    tests: ['libs/client/test/store/file-local-store.test.ts', 'libs/client/test/restart.test.ts'],
  },
  {
    number: 10,
    title: 'Nothing deleted comes back',
    proofs: ['simulation'],
    tests: ['test/histories/purge.test.ts'],
  },
  {
    number: 11,
    title: 'A restored backup is noticed',
    proofs: ['simulation'],
    tests: ['test/histories/restored-backup.test.ts', 'test/flows/restore.test.ts'],
  },
  {
    number: 12,
    title: 'Tabs are one client',
    proofs: ['simulation'],
    tests: ['test/histories/tabs.test.ts', 'libs/client/test/tabs/many-tabs.test.ts'],
  },
  {
    number: 13,
    title: 'Wrong clocks change little',
    proofs: ['simulation'],
    tests: ['test/histories/clocks-and-swaps.test.ts'],
  },
  {
    number: 14,
    title: 'Refusals are told, and block nothing',
    proofs: ['simulation'],
    tests: ['libs/client/test/refused-writes.test.ts', 'libs/client/test/covers.test.ts'],
  },
  {
    number: 15,
    title: 'Withdrawn rights count at once',
    proofs: ['simulation'],
    tests: ['test/histories/rights.test.ts', 'libs/server/test/hardening/rights.test.ts'],
  },
  {
    number: 16,
    title: 'Memory is bounded',
    proofs: ['simulation', 'load'],
    tests: ['libs/server/test/hardening/floods.test.ts'],
  },
  {
    number: 17,
    title: 'Bad input is told',
    proofs: ['fuzz'],
    tests: ['libs/server/test/hardening/bad-input.test.ts', 'libs/protocol/test/fuzz.test.ts'],
  },
];

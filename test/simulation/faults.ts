/** What may go wrong in a history, and what each of them is. */
export const FAULTS = {
  offline: 'a client is off the net for a while',
  partition: 'several clients are off the net at once',
  cut: 'a connection ends, and what was on the way is lost',
  'half-open': 'a client loses its connection, and the server does not notice',
  silent: 'nothing arrives any more on a connection, and neither side notices',
  lag: 'one connection takes up to five seconds for a frame, so that it is overtaken by all others',
  drop: 'a broadcast is lost on its way to one client',
  repeat: 'a push, or a broadcast, arrives twice',
  slow: 'a client reads nothing for a while, and its socket fills up',
  crash: 'a client dies, with what its disk had not taken yet, and comes back',
  disk: 'a client dies, and its disk has lost docs, or all there was',
  'server-crash': 'the server dies before, within or after a commit',
  'server-restart': 'the server ends in good order and comes back',
  'store-slow': 'transactions take their time',
  'store-fail': 'a transaction fails',
  clock: 'a clock, of a client or of the server, is off by up to a year',
  purge: 'tombstones are purged',
  restore: 'a backup is put back in the place of the server’s data',
  expiry: 'tokens run out',
  rights: 'the right to the group is withdrawn, and granted again',
  refuse: 'the server refuses a write for good',
  tabs: 'several tabs of one profile share a connection; they freeze, wake, crash and take over',
} as const;

export type FaultName = keyof typeof FAULTS;

export const FAULT_NAMES = Object.keys(FAULTS) as FaultName[];

/**
 * Faults that are not mixed in one history, because less is promised of them together; see docs/GUARANTEES.md.
 */
export const APART: readonly (readonly [FaultName, FaultName])[] = [
  // It forgot what was accepted: with the right, with its disk, or because it is said to be a year old.
  ['restore', 'rights'],
  ['restore', 'disk'],
  ['restore', 'clock'],
  // What went out before the process started may have been committed, and is reported as refused all the same.
  ['rights', 'crash'],
  ['rights', 'disk'],
  ['rights', 'tabs'],
];

/** @throws TypeError for a name that is none */
export function faultsNamed(list: string): FaultName[] {
  return list.split(',').map((name) => {
    if (name in FAULTS) return name as FaultName;
    throw new TypeError(`There is no fault '${name}'. There are: ${FAULT_NAMES.join(', ')}.`);
  });
}

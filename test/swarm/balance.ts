import type { StandardSchemaV1 } from '@atomsync/atom';

/** What a client's validator says of its own accounts, for the swaps that the server runs. */
export const balance: StandardSchemaV1 = {
  '~standard': {
    version: 1,
    vendor: 'swarm',
    validate: (value) =>
      typeof value === 'number' && value >= 0
        ? { value }
        : { issues: [{ message: 'An account is below zero' }] },
  },
};

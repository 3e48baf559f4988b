import { setImmediate as turn } from 'node:timers/promises';
import type { LocalBatch, LocalDoc, LocalState } from '../../src/store/local-store';

export const doc = (key: string, size = 10): LocalDoc => ({
  key,
  schemaVersion: 1,
  body: new Uint8Array(size).fill(7),
});

export const record = (id: string, size = 10): LocalBatch => ({
  records: new Map([[id, new Uint8Array(size).fill(1)]]),
});

export const keysOf = (state: LocalState | undefined): string[] =>
  [...(state?.docs ?? [])].map(({ key }) => key).sort();

export const recordsOf = (state: LocalState | undefined): string[] =>
  [...(state?.records.keys() ?? [])].sort();

/** Resolves when `holds` does. */
export const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  while (!(await holds())) await turn();
};

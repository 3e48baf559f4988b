import type { RejectedRecord } from './records';

/** A mutation that was refused for good, kept until the app takes or drops it. */
export interface Rejected extends RejectedRecord {
  readonly group: string;
  /** Writes it again, as a new mutation on the current value. */
  retry(): void;
  /** Forgets it. */
  drop(): void;
}

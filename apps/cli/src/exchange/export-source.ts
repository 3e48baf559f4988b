import type { ExportMark } from './export-line';
import type { PulledDoc } from './sync-http';

/** Docs that come together, and through where they reach. */
export interface SourcePage {
  readonly docs: readonly PulledDoc[];
  readonly mark: ExportMark;
  /** How much of the group has come by now, from 0 to 1; absent where nobody can say. */
  readonly share?: number;
}

/** Where docs come from. */
export interface ExportSource {
  readonly groups: readonly string[];
  /** What came after a mark, or all; a doc that changes meanwhile comes again. */
  pages(group: string, prefix: string, since: ExportMark | undefined): AsyncIterable<SourcePage>;
  close(): Promise<void>;
}

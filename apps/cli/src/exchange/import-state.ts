import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import type { LinePosition } from './lines';

/** Through where a file has been imported into a server; a small file beside it. */
export interface ImportState extends LinePosition {
  readonly server: string;
  /** The file's first line: another one is another file. */
  readonly first: string;
}

/** What is kept of the first line. */
const FIRST = 200;

export const firstOf = (line: string): string => line.slice(0, FIRST);

/** Keeps how far an import has come. */
export class ImportStateFile {
  readonly path: string;

  constructor(file: string) {
    this.path = `${file}.importing`;
  }

  /** `undefined` where there is none that can be read. */
  async read(): Promise<ImportState | undefined> {
    try {
      const state = JSON.parse(await readFile(this.path, 'utf8')) as Partial<ImportState>;
      const { server, first, number, end } = state;
      if (typeof server !== 'string' || typeof first !== 'string') return undefined;
      if (!Number.isSafeInteger(number) || !Number.isSafeInteger(end)) return undefined;
      return { server, first, number: number!, end: end! };
    } catch {
      return undefined;
    }
  }

  /** Whole, also when the process ends in the middle of it. */
  async write(state: ImportState): Promise<void> {
    const beside = `${this.path}.new`;
    await writeFile(beside, JSON.stringify(state));
    await rename(beside, this.path);
  }

  async remove(): Promise<void> {
    await rm(this.path, { force: true });
  }
}

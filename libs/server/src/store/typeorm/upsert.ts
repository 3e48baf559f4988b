import type { QueryRunner } from 'typeorm';

/** Rows per statement: few sizes, so that the statements stay prepared. 512 × 9 is far below SQLite's 32,766. */
const CHUNKS = [512, 64, 8, 1] as const;

/** What one table's upsert needs to know. The identity columns come first. */
export interface Upsert<R> {
  readonly table: string;
  readonly columns: readonly string[];
  /** How many of the columns are the row's identity. */
  readonly identity: number;
  values(row: R): readonly unknown[];
}

/** Writes rows in multi-row statements, each replacing the row of the same identity. */
export async function upsert<R>(runner: QueryRunner, into: Upsert<R>, rows: readonly R[]): Promise<void> {
  let at = 0;
  for (const size of CHUNKS) {
    while (rows.length - at >= size) {
      const values: unknown[] = [];
      for (const row of rows.slice(at, at + size)) values.push(...into.values(row));
      await runner.query(statement(into, size), values);
      at += size;
    }
  }
}

const statements = new WeakMap<object, Map<number, string>>();

function statement<R>(into: Upsert<R>, size: number): string {
  let bySize = statements.get(into);
  if (bySize === undefined) statements.set(into, (bySize = new Map<number, string>()));
  let text = bySize.get(size);
  if (text === undefined) bySize.set(size, (text = build(into, size)));
  return text;
}

function build<R>({ table, columns, identity }: Upsert<R>, size: number): string {
  const quoted = columns.map((column) => `"${column}"`);
  const row = `(${columns.map(() => '?').join(',')})`;
  const sets = quoted.slice(identity).map((column) => `${column}=excluded.${column}`);
  return `INSERT INTO "${table}" (${quoted.join(',')}) VALUES ${Array(size).fill(row).join(',')}
    ON CONFLICT (${quoted.slice(0, identity).join(',')}) DO UPDATE SET ${sets.join(',')}`;
}

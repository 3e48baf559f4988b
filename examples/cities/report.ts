import type { Client } from './client';
import type { Wire } from './wire';

/** One stage in figures. */
export interface Stage {
  readonly name: string;
  readonly docs: number;
  readonly seconds: number;
  /** What crossed each client's socket meanwhile. */
  readonly wire: ReadonlyMap<string, Wire>;
}

/** Measures a stage while it runs. */
export async function measured(
  name: string,
  docs: number,
  clients: readonly Client[],
  work: () => Promise<void>,
): Promise<Stage> {
  const before = clients.map(({ wire }) => ({ ...wire }));
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  const wire = new Map(
    clients.map((client, at) => [
      client.name,
      { up: client.wire.up - before[at]!.up, down: client.wire.down - before[at]!.down },
    ]),
  );
  return { name, docs, seconds, wire };
}

/** The stages as lines of text. */
export function report(stages: readonly Stage[]): string {
  const lines = stages.flatMap(({ name, docs, seconds, wire }) => [
    `${name.padEnd(34)} ${count(docs)} docs ${seconds.toFixed(2).padStart(8)} s ${count(docs / seconds)} docs/s`,
    ...Array.from(
      wire,
      ([client, { up, down }]) =>
        `  ${client.padEnd(10)} up ${traffic(up, docs)}   down ${traffic(down, docs)}`,
    ),
  ]);
  return lines.join('\n');
}

export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(2)} MB`;

const count = (n: number): string => Math.round(n).toLocaleString('en').padStart(9);

const traffic = (bytes: number, docs: number): string =>
  `${megabytes(bytes).padStart(9)} (${(bytes / docs).toFixed(1).padStart(5)} bytes a doc)`;

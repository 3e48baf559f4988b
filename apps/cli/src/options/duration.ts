import { InvalidArgumentError } from 'commander';

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `30d`, `12h`, `90m`, `45s`, `500ms`, `2w` in milliseconds. */
export function duration(text: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text) ?? [];
  if (amount === undefined)
    throw new InvalidArgumentError('Write a number with ms, s, m, h, d or w, as in 30d.');
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

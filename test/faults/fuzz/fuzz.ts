import { seeded, type Random } from '../../simulation/random';
import { isSaid, type Target } from './targets';

/** What some time of fuzzing came to. */
export interface FuzzOutcome {
  readonly runs: number;
  /** Ways in which inputs were read or refused: an input that finds a new one is kept, and changed further. */
  readonly ways: number;
  /** Inputs that were met with anything but a value or an error that says what is wrong. */
  readonly crashers: readonly { readonly input: Uint8Array; readonly error: string }[];
}

/** How an input may end, at worst. Milliseconds: an input of a few hundred bytes that takes longer is one to look at. */
const TOO_LONG = 2_000;
const MAX_BYTES = 4_000;

/** Reads inputs that are made from well-formed ones, and from those that were read in a way not seen before. */
export function fuzz(target: Target, runs: number, seed = 1): FuzzOutcome {
  const random = seeded(seed);
  const corpus = [...target.seeds];
  const ways = new Set<string>();
  const crashers: { input: Uint8Array; error: string }[] = [];
  for (let run = 0; run < runs; run++) {
    const input = run < corpus.length ? corpus[run]! : mutated(random, corpus);
    const way = readOnce(target, input);
    if (way.crash !== undefined) {
      crashers.push({ input, error: way.crash });
      if (crashers.length >= 10) return { runs: run + 1, ways: ways.size, crashers };
    } else if (!ways.has(way.kind)) {
      ways.add(way.kind);
      if (corpus.length < 2_000) corpus.push(input);
    }
  }
  return { runs, ways: ways.size, crashers };
}

type Way = { readonly kind: string; readonly crash?: undefined } | { readonly crash: string };

/** Reads one input and says how it went. */
export function readOnce({ read }: Target, input: Uint8Array): Way {
  const began = performance.now();
  let way: Way;
  try {
    way = { kind: `value ${shapeOf(read(input), 3)}` };
  } catch (error) {
    if (!isSaid(error))
      way = { crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    // Without what is quoted from the input.
    else way = { kind: `${error.code} ${error.message.replace(/"[^"]*"|'[^']*'|\d+/g, '').slice(0, 80)}` };
  }
  const polluted = Object.keys(Object.prototype)[0] ?? ('polluted' in {} ? 'polluted' : undefined);
  if (polluted !== undefined) return { crash: `Object.prototype has ${polluted}` };
  return performance.now() - began > TOO_LONG ? { crash: `it took more than ${TOO_LONG} ms` } : way;
}

function shapeOf(value: unknown, depth: number): string {
  if (typeof value !== 'object' || value === null) return typeof value;
  if (depth === 0) return value.constructor.name;
  if (Array.isArray(value))
    return `[${[...new Set(value.slice(0, 5).map((item) => shapeOf(item, depth - 1)))].join()}]`;
  if (value instanceof Map) return `Map${Math.min(value.size, 3)}`;
  const entries = Object.entries(value).slice(0, 6);
  return `${Object.getPrototypeOf(value)?.constructor.name ?? 'null'}{${entries.map(([name, item]) => `${name.slice(0, 8)}:${shapeOf(item, depth - 1)}`).join()}}`;
}

/** What readers trip over: names, heads of CBOR, marks of Transit and of tagged JSON, numbers at the edges. */
const WORDS = [
  '__proto__', 'constructor', 'prototype', 'toString', '$proto', '~#', '~:', '~i9007199254740993', '^0', '^ ', '["^ ",',
  '~m9e99', '~u', '~rx', '~b', '~znan', '{"$', '1e999', '-0', '\\ud800', '\ud83d', '\0', '[[[[[[[[', '{}', 'null', '"',
].map((word) => new TextEncoder().encode(word)); // prettier-ignore
const HEADS = [
  [0x9f], [0xbf], [0x5f], [0x7f], [0xff], [0xf6], [0xf7], [0xfb, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0], [0x9b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
  [0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], [0xc2, 0x58, 0xff], [0xd8, 0x40], [0xd9, 1, 2], [0xc1], [0xf9, 0x7e, 0], [0xa1, 0x60],
].map((bytes) => Uint8Array.from(bytes)); // prettier-ignore

function mutated(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  let bytes = [...random.pick(corpus)];
  for (let i = 1 + random.below(4); i > 0; i--) {
    const at = random.below(bytes.length + 1);
    switch (random.below(7)) {
      case 0:
        bytes[at] = random.below(256);
        break;
      case 1:
        bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
        break;
      case 2:
        bytes.splice(at, 1 + random.below(8));
        break;
      case 3:
        bytes.splice(at, 0, ...random.pick(random.chance(0.5) ? WORDS : HEADS));
        break;
      case 4:
        bytes.splice(at, 0, ...bytes.slice(at, at + random.below(40)));
        break;
      case 5: {
        const other = random.pick(corpus);
        const from = random.below(other.length + 1);
        bytes.splice(at, random.below(20), ...other.slice(from, from + random.below(60)));
        break;
      }
      default:
        bytes = bytes.slice(0, at);
    }
  }
  return Uint8Array.from(bytes.slice(0, MAX_BYTES));
}

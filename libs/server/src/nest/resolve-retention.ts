import { DEFAULT_RETENTION, type Retention } from '../retention/retention';
import { badOption } from './bad-option';

/** Timers of JavaScript reach no further. */
const LONGEST = 2 ** 31 - 1;

/** Authors offer again what a restored server has lost for so long; a line that is forgotten could take it twice. */
const SHORTEST_LINES = 7 * 24 * 60 * 60 * 1000;

const LEAST: Retention = { tombstones: 1, lines: SHORTEST_LINES, every: 1000 };
const MOST: Retention = { tombstones: Infinity, lines: Infinity, every: LONGEST };

/** Fills in the defaults. Throws `BAD_OPTION`, naming the option, its value, the rule and the remedy. */
export function resolveRetention(given: Partial<Retention> | false = {}): Retention | undefined {
  if (given === false) return undefined;
  if (typeof given !== 'object' || (given as unknown) === null) {
    throw badOption(
      'retention',
      given,
      'it is an object, or false',
      'write it like { tombstones: 2_592_000_000 }',
    );
  }
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(DEFAULT_RETENTION, name)) {
      const rule = `what is retained are ${Object.keys(DEFAULT_RETENTION).join(', ')}`;
      throw badOption(`retention.${name}`, value, rule, 'correct the name or leave it out');
    }
    check(name as keyof Retention, value);
  }
  const said = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return { ...DEFAULT_RETENTION, ...said };
}

function check(name: keyof Retention, value: number | false | undefined): void {
  if (value === undefined || (value === false && name !== 'every')) return;
  const least = Number(LEAST[name]);
  const most = Number(MOST[name]);
  if (typeof value === 'number' && value >= least && value <= most) return;
  const bounds = most === Infinity ? `at least ${least}` : `from ${least} to ${most}`;
  const rule = `it is a number of milliseconds, ${bounds}${name === 'every' ? '' : ', or false for ever'}`;
  throw badOption(`retention.${name}`, value, rule, 'leave it out for the default');
}

/** Whether the long runs are asked for, as `.ci/run` does: `ATOMSYNC_LONG=1 npm test`. */
const LONG = process.env['ATOMSYNC_LONG'] === '1';

/** How many of something a test makes: few in a quick run, all that were promised in a long one. */
export const quickOrLong = (quick: number, long: number): number => (LONG ? long : quick);

/** Milliseconds of the system's monotonic clock: it counts the same in all processes of one machine. */
export const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

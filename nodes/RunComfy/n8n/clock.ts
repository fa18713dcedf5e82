/**
 * Milliseconds of a clock that only ever goes forward, from some point in the past. The system's clock
 * jumps: set back an hour, it would stall every wait for an hour, and set forward, end them.
 */
export const now = (): number => performance.now();

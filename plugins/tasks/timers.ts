/**
 * Timers of Node.js.
 *
 * @module
 * @see https://nodejs.org/api/timers.html#settimeoutcallback-delay-args
 */

/** Milliseconds. With more, a timer fires at once. */
export const LONGEST_TIMER = 2 ** 31 - 1

/**
 * How integers beyond 2^53 get into a value: `JSON.parse` has rounded them.
 *
 * @module
 */

/** Puts the `bigint`s of a second reading where a schema takes them. Returns the value, changed in place if it is an object. */
export type Place = (value: unknown, exact: unknown) => unknown

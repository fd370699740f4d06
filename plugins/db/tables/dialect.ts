/**
 * Databases that there are words for.
 *
 * @module
 */

export type Dialect = 'sqlite' | 'postgres'

import type { Load } from '../../wire.ts'

/** Of the reference app: two dependencies, a query that is checked, and a response model. */
export const referenceLoad: Load = { path: '/dependency/items/sub/?q=foo', status: 200 }

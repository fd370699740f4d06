import type { FAIL, Pass } from '../core/schema/issue.ts'

/** Returns JSON, or `FAIL` after reporting at least one issue to `pass` (unless it is full). */
export type Write = (value: unknown, pass: Pass) => string | typeof FAIL

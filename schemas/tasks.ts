/**
 * The tasks of the reference app.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { task } from '../plugins/tasks/index.ts'

/** Says something, in the log. */
export const greet = task('greet', { payload: Type.Object({ name: Type.String({ minLength: 1, maxLength: 100 }) }), retries: 2 },
  async ({ name }, { log }) => { log.info(`Hello ${name}`) })

/** Fails, so that there is something to be seen. */
export const stumble = task('stumble', { payload: Type.Object({ over: Type.String({ minLength: 1, maxLength: 100 }) }) },
  async ({ over }) => { throw new Error(`stumbled over ${over}`) })

/** All of them, for the plugin. */
export const tasks = [greet, stumble] as const

/**
 * The tasks of the reference app.
 *
 * @module
 */

import { Type } from '@sinclair/typebox'
import { column } from '../plugins/db/index.ts'
import { task } from '../plugins/tasks/index.ts'

/** Of a payload, which the database keeps. */
export const Name = column.text({ minLength: 1, maxLength: 100 }).schema

/** Says something, in the log. */
export const greet = task('greet', { payload: Type.Object({ name: Name }), retries: 2 },
  async ({ name }, { log }) => { log.info(`Hello ${name}`) })

/** Fails, so that there is something to be seen. */
export const stumble = task('stumble', { payload: Type.Object({ over: Name }) },
  async ({ over }) => { throw new Error(`stumbled over ${over}`) })

/** All of them, for the plugin. */
export const tasks = [greet, stumble] as const

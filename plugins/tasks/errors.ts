import { createError } from '@fastify/error'

/** `task` or the plugin was given something that it cannot use: two tasks of one name, a schedule that is none, an engine without its database. */
export const APIKIT_ERR_TASK = createError('APIKIT_ERR_TASK', 'tasks: %s', 500, TypeError)

/** A task was added with a payload that does not fit its schema; nothing was stored. What is wrong stands in the message. */
export const APIKIT_ERR_TASK_PAYLOAD = createError('APIKIT_ERR_TASK_PAYLOAD', 'The payload of the task %s is wrong: %s', 500)

/** A task took longer than its `timeout`. */
export const APIKIT_ERR_TASK_TIMEOUT = createError('APIKIT_ERR_TASK_TIMEOUT', 'The task %s was not done after %s ms', 500)

/** A durable task was called off, as its process was told to stop: it will run again. */
export const APIKIT_ERR_TASK_STOPPED = createError('APIKIT_ERR_TASK_STOPPED', 'The task %s was stopped with its process', 500)

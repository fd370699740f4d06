import { createError } from '@fastify/error'

/** Thrown for invalid arguments of `task()` or the plugin: two tasks of one name, an invalid schedule, an engine without its database, a second registration. */
export const APIKIT_ERR_TASK = createError('APIKIT_ERR_TASK', 'tasks: %s', 500, TypeError)

/** Thrown when the payload of an added task does not match its schema. Nothing is stored. The message has the problems. */
export const APIKIT_ERR_TASK_PAYLOAD = createError('APIKIT_ERR_TASK_PAYLOAD', 'The payload of the task %s is invalid: %s', 500)

/** The reason of the `signal` when an attempt exceeds its `timeout`. */
export const APIKIT_ERR_TASK_TIMEOUT = createError('APIKIT_ERR_TASK_TIMEOUT', 'The task %s did not finish within %s ms', 500)

/** The reason of the `signal` when the process stops. A durable task runs again. */
export const APIKIT_ERR_TASK_STOPPED = createError('APIKIT_ERR_TASK_STOPPED', 'The task %s was stopped with its process', 500)

/** Thrown when the result of a task does not match its schema. The attempt has failed. */
export const APIKIT_ERR_TASK_RESULT = createError('APIKIT_ERR_TASK_RESULT', 'The result of the task %s is invalid: %s', 500)

/** The reason of the `signal` when the job was cancelled. */
export const APIKIT_ERR_TASK_CANCELLED = createError('APIKIT_ERR_TASK_CANCELLED', 'The job of the task %s was cancelled', 500)

/** The reason of the `signal` when another process took the job over, because this one seemed dead. What this attempt returns is not stored. */
export const APIKIT_ERR_TASK_LOST = createError('APIKIT_ERR_TASK_LOST', 'The job of the task %s was taken over by another process', 500)

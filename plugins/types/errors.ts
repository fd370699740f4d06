import { createError } from '@fastify/error'

/** Thrown when an optional peer dependency is needed and not installed. The message has the command that installs it. */
export const APIKIT_ERR_MISSING_PEER = createError('APIKIT_ERR_MISSING_PEER', '%s: npm install %s', 500)

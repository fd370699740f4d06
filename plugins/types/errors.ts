import { createError } from '@fastify/error'

/** An optional peer dependency is needed and is not installed. */
export const APIKIT_ERR_MISSING_PEER = createError('APIKIT_ERR_MISSING_PEER', '%s: npm install %s', 500)

import { createError } from '@fastify/error'

/** Thrown at registration when settings are missing, invalid or unknown. The message lists all of them, with a fix for each. */
export const APIKIT_ERR_SETTINGS = createError('APIKIT_ERR_SETTINGS', 'fastify-apikit/settings: %s', 500)

import { createError } from '@fastify/error'

/** Settings are missing, wrong or unknown; the message names all of them and how to mend each. */
export const APIKIT_ERR_SETTINGS = createError('APIKIT_ERR_SETTINGS', 'fastify-apikit/settings: %s', 500)

import { createError } from '@fastify/error'

/** Missing or wrong options for what the app uses: no client ID, no audience for `jwks`, no `login`. */
export const APIKIT_ERR_OPENID_SETUP = createError('APIKIT_ERR_OPENID_SETUP', 'fastify-apikit/openid: %s', 500, TypeError)

/** The issuer refused a request of this app: its client ID, secret or scope is wrong, or the client lacks a permission. */
export const APIKIT_ERR_OPENID_REFUSED = createError('APIKIT_ERR_OPENID_REFUSED', 'The issuer refused: %s', 500)

/** A response of the issuer that breaks the protocol: not JSON, without `active`, metadata of another issuer. */
export const APIKIT_ERR_OPENID_ANSWER = createError('APIKIT_ERR_OPENID_ANSWER', 'Invalid response of the issuer: %s', 500)

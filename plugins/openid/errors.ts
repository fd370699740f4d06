import createError from '@fastify/error'

/** Something was asked of an issuer that the options do not allow: a client without an id, local validation without an audience, a login without its options. */
export const APIKIT_ERR_OPENID_SETUP = createError('APIKIT_ERR_OPENID_SETUP', 'fastify-apikit/openid: %s', 500, TypeError)

/** The issuer refused what this app asked of it for itself: its client id or secret is wrong, or the client may not do that. */
export const APIKIT_ERR_OPENID_REFUSED = createError('APIKIT_ERR_OPENID_REFUSED', 'The issuer refused: %s', 500)

/** The issuer answered something that its protocol does not know: no JSON, no `active`, another issuer’s metadata. */
export const APIKIT_ERR_OPENID_ANSWER = createError('APIKIT_ERR_OPENID_ANSWER', 'The issuer’s answer cannot be used: %s', 500)

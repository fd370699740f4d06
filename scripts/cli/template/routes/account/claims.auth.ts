import { verified } from 'fastify-apikit/jwt'
import { oauth2PasswordBearer } from 'fastify-apikit/security'

/** The claims of the token that a request brings. A route that depends on it answers 401 without a valid token. */
export const claims = verified(oauth2PasswordBearer({ tokenUrl: 'account/token' }))

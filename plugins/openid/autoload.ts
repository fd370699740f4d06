import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'
export const autoConfig = ({ settings: { oktaIssuer, oktaAudience, oktaClientId, oktaClientSecret, oktaCallbackUri, oktaSessionSecret } }: FastifyInstance) => ({
  issuer: oktaIssuer,
  audience: oktaAudience,
  clientId: oktaClientId,
  clientSecret: oktaClientSecret,
  ...oktaCallbackUri !== undefined && oktaSessionSecret !== undefined && { login: { callbackUri: oktaCallbackUri, secret: oktaSessionSecret } }
})

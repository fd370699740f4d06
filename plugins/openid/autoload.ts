import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'
export const autoConfig = ({ settings: { oktaIssuer, oktaAudience, oktaClientId, oktaClientSecret } }: FastifyInstance) =>
  ({ issuer: oktaIssuer, audience: oktaAudience, clientId: oktaClientId, clientSecret: oktaClientSecret })

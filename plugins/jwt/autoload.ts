import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

export { default } from './index.ts'
export const autoConfig = ({ log, settings: { jwt } }: FastifyInstance) => {
  // In production the plugin requires a secret.
  if (jwt.secret !== undefined || jwt.keys !== undefined || process.env.NODE_ENV === 'production') return jwt
  log.info('JWT__SECRET is not set. Tokens are valid until the next start')
  return { ...jwt, secret: randomBytes(32).toString('hex') }
}

import { randomBytes } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { APIKIT_ERR_JWT_KEYS } from './errors.ts'

export { default } from './index.ts'
export const autoConfig = ({ log, settings: { jwt } }: FastifyInstance) => ({ ...jwt, ...jwt.secret === undefined && jwt.keys === undefined && { secret: passing(log) } })

/** Good until the next start, which is enough for trying things out. */
function passing (log: FastifyInstance['log']): string {
  if (process.env.NODE_ENV === 'production') throw new APIKIT_ERR_JWT_KEYS('set JWT__SECRET in the environment or in .env: openssl rand -hex 32')
  log.info('JWT__SECRET is not set: tokens are good until the next start')
  return randomBytes(32).toString('hex')
}

/**
 * Which transport carries the messages.
 *
 * @module
 */

import { APIKIT_ERR_BROADCAST_OPTIONS } from './errors.ts'
import type { ParsedOptions } from './options.ts'
import { MemoryTransport, type Transport } from './transport.ts'
import { MOST_BYTES, PostgresTransport } from './transports/postgres.ts'
import { RedisTransport } from './transports/redis.ts'

/** @throws APIKIT_ERR_BROADCAST_OPTIONS for a URL of another kind, without the URL, which may have a password */
export function transportOf ({ url, prefix, connectTimeout, maxBytes }: ParsedOptions): Transport {
  if (url === null) return new MemoryTransport()
  const scheme = URL.parse(url)?.protocol
  if (scheme === 'redis:' || scheme === 'rediss:') return new RedisTransport({ url, prefix, connectTimeout })
  if (scheme !== 'postgres:' && scheme !== 'postgresql:') throw new APIKIT_ERR_BROADCAST_OPTIONS('the option url begins with postgres:// or redis://')
  if (maxBytes > MOST_BYTES) throw new APIKIT_ERR_BROADCAST_OPTIONS(`PostgreSQL carries at most ${MOST_BYTES} bytes: lower maxBytes`)
  return new PostgresTransport({ url, prefix, connectTimeout })
}

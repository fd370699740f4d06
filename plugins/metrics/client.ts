import { optionalPeer } from '../core/peer.ts'

/** The package prom-client. */
export type Client = typeof import('prom-client')

export function loadClient (): Client {
  return optionalPeer<Client>('fastify-apikit/metrics', 'prom-client')
}

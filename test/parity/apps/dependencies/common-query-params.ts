import type { Static } from '@fastify/type-provider-typebox'
import { dependency } from '../../../../plugins/dependencies/index.ts'
import { Commons } from './commons.ts'

class CommonQueryParams {
  readonly q: string | null
  readonly skip: number
  readonly limit: number

  constructor ({ query: { q, skip, limit } }: { query: Static<typeof Commons> }) {
    this.q = q
    this.skip = skip
    this.limit = limit
  }
}

export const commonQueryParams = dependency({ query: Commons }, CommonQueryParams)

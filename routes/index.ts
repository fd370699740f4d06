/**
 * What there is: a folder of routes is served under its own name.
 *
 * @module
 */

import { readdir } from 'node:fs/promises'
import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

const root: FastifyPluginAsyncTypebox = async app => {
  const entries = await readdir(import.meta.dirname, { withFileTypes: true })
  const sections = entries.filter(entry => entry.isDirectory()).map(({ name }) => `${app.prefix}/${name}`)

  app.get('/', { config: { public: true }, schema: { summary: 'Root' } }, async () => ({
    docs: app.hasRoute({ method: 'GET', url: '/docs' }) ? '/docs' : null,
    sections
  }))
}

export default root

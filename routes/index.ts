/**
 * What there is: a folder of routes is served under its own name.
 *
 * @module
 */

import type { FastifyPluginAsyncTypebox } from '@fastify/type-provider-typebox'

declare module 'fastify' {
  interface FastifyInstance {
    /** The paths of the sections that have routes: some have none, by the settings. */
    readonly sections: ReadonlySet<string>
    /** Key for tokens of the tutorial's users, whose passwords everybody knows: that of the app signs none for them. */
    readonly tutorialSecret: string
  }
}

const root: FastifyPluginAsyncTypebox = async app => {
  app.get('/', { config: { public: true }, schema: { summary: 'Root' } }, async () => ({
    docs: app.hasRoute({ method: 'GET', url: '/docs' }) ? '/docs' : null,
    sections: [...app.sections].sort()
  }))
}

export default root

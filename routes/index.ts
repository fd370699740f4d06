/**
 * The sections of the tour: a page for people, the same as JSON for machines.
 *
 * @module
 */

import { join } from 'node:path'
import accepts from '@fastify/accepts'
import { type FastifyPluginAsyncTypebox, Type } from '@fastify/type-provider-typebox'
import staticFiles from '../plugins/static/index.ts'
import { Nullable } from '../plugins/types/index.ts'
import { DEMONSTRATIONS } from '../schemas/settings.ts'
import { SECTIONS, sourcesOf } from './sections.ts'

declare module 'fastify' {
  interface FastifyInstance {
    /** The paths of the sections that have routes: some have none, by the settings. */
    readonly sections: ReadonlySet<string>
    /** Key for tokens of the tutorial's users, whose passwords everybody knows: that of the app signs none for them. */
    readonly tutorialSecret: string
  }
}

const Sections = Type.Object({ docs: Nullable(Type.String()), sections: Type.Array(Type.String()) }, { title: 'Sections' })

const root: FastifyPluginAsyncTypebox = async app => {
  const { prefix } = app
  await app.register(accepts)
  // The stylesheet of all pages.
  await app.register(staticFiles, { root: join(import.meta.dirname, 'files'), prefix: '/assets', name: 'assets' })

  app.get('/', {
    config: { name: 'home', public: true },
    schema: {
      summary: 'Root',
      tags: ['root'],
      response: { 200: { description: 'The sections', content: { 'application/json': { schema: Sections }, 'text/html': { schema: Type.String() } } } }
    }
  }, async (request, reply) => {
    const docs = app.hasRoute({ method: 'GET', url: '/docs' }) ? '/docs' : null
    reply.header('vary', 'accept')
    if (request.type(['json', 'html']) !== 'html') return { docs, sections: [...app.sections].sort() }
    // An app that serves its users does not show its code.
    const isTour = DEMONSTRATIONS.some(name => app.sections.has(`${prefix}/${name}`))
    const sections = SECTIONS
      .filter(({ name }) => app.sections.has(`${prefix}/${name}`))
      .map(section => ({ ...section, pages: section.pages?.map(page => prefix + page), sources: isTour ? sourcesOf(section) : [] }))
    const { docs: { title, description } } = app.settings
    return reply.view('index.html', { docs, sections, title, description })
  })
}

export default root

import { createError } from '@fastify/error'

/** The scope of `docs` has a document already: the plugin stands there twice, or beside a Swagger plugin of yours. */
export const APIKIT_ERR_DOCS_TAKEN = createError('APIKIT_ERR_DOCS_TAKEN',
  'this scope has a document already (app.swagger): register fastify-apikit/docs once, and without @fastify/swagger, which it brings', 500)

/** A document of its own is mounted in a scope that has no prefix. */
export const APIKIT_ERR_DOCS_MOUNT = createError('APIKIT_ERR_DOCS_MOUNT',
  'only a scope with a prefix is mounted: app.register(plugin, { prefix: \'/sub\' }), and in the plugin docs with { mounted: true }', 500)

/** The option `transform` of `docs` gave something that is no document; a promise is none. */
export const APIKIT_ERR_DOCS_TRANSFORM = createError('APIKIT_ERR_DOCS_TRANSFORM',
  'the option transform of fastify-apikit/docs has to return the document, or nothing when it changed the one it was given; not a promise', 500)

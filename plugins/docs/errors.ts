import { createError } from '@fastify/error'

/** Thrown when the scope has a document already: the plugin is registered twice, or beside a Swagger plugin of yours. */
export const APIKIT_ERR_DOCS_TAKEN = createError('APIKIT_ERR_DOCS_TAKEN',
  'this scope has a document already (app.swagger). Register fastify-apikit/docs once, and not beside @fastify/swagger, which it registers itself', 500)

/** Thrown when `mounted` is set in a scope without a prefix. */
export const APIKIT_ERR_DOCS_MOUNT = createError('APIKIT_ERR_DOCS_MOUNT',
  'the option mounted needs a scope with a prefix. Register docs with { mounted: true } inside app.register(plugin, { prefix: \'/sub\' })', 500)

/** Thrown when the option `transform` returns something other than a document, such as a promise. */
export const APIKIT_ERR_DOCS_TRANSFORM = createError('APIKIT_ERR_DOCS_TRANSFORM',
  'the option transform of fastify-apikit/docs must return the document, or nothing if it changed its argument. It must not return a promise', 500)

import createError from '@fastify/error'

/** The scope of `docs` has a document already: the plugin stands there twice, or beside a Swagger plugin of yours. */
export const APIKIT_ERR_DOCS_TAKEN = createError('APIKIT_ERR_DOCS_TAKEN',
  'this scope has a document already (app.swagger): register fastify-apikit/docs once, and without @fastify/swagger, which it brings', 500)

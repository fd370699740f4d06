import { createError } from '@fastify/error'

/** A template cannot be found, read, compiled or rendered; its `cause`, in the log, names the file and the line. */
export const APIKIT_ERR_TEMPLATE = createError('APIKIT_ERR_TEMPLATE', 'A template cannot be rendered', 500)

/** The folder of the templates is none. */
export const APIKIT_ERR_TEMPLATE_ROOT = createError('APIKIT_ERR_TEMPLATE_ROOT', 'fastify-apikit/templates: root: %s is no folder', 500, TypeError)

/** `urlFor` was asked for a route that is not there, or for other parameters than it has. */
export const APIKIT_ERR_URL_FOR = createError('APIKIT_ERR_URL_FOR', 'urlFor: no route is %s(%s); there are %s', 500)

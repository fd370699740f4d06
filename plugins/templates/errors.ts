import { createError } from '@fastify/error'

/** Thrown when a template cannot be found, read, compiled or rendered. The `cause`, in the log, has the file and the line. */
export const APIKIT_ERR_TEMPLATE = createError('APIKIT_ERR_TEMPLATE', 'The template cannot be rendered', 500)

/** Thrown at registration when `root` is not a folder. */
export const APIKIT_ERR_TEMPLATE_ROOT = createError('APIKIT_ERR_TEMPLATE_ROOT', 'fastify-apikit/templates: root must be a folder, got %s', 500, TypeError)

/** Thrown by `urlFor()` when no route has this name and these parameters. */
export const APIKIT_ERR_URL_FOR = createError('APIKIT_ERR_URL_FOR', 'urlFor: unknown route %s(%s). Routes: %s', 500)

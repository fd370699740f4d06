import { createError } from '@fastify/error'

/** The form is invalid or exceeds a limit: no boundary, too many fields or files, a field that is too large. The messages are FastAPI's. */
export const APIKIT_ERR_FORM = createError('APIKIT_ERR_FORM', '%s', 400)

/** A file or the whole form exceeds the maximum size of its route. */
export const APIKIT_ERR_FORM_SIZE = createError('APIKIT_ERR_FORM_SIZE', '%s', 413)

/** A file was read after the end of its request, or a streamed file was read twice. */
export const APIKIT_ERR_FILE_GONE = createError('APIKIT_ERR_FILE_GONE', 'The file "%s" %s', 500)

/** A file could not be written to the folder for uploads. The cause is in the log. */
export const APIKIT_ERR_SPOOL = createError('APIKIT_ERR_SPOOL', 'Cannot write an upload to %s. Check its free space and permissions, or set the option directory of fastify-apikit/forms', 500)

/** The form of a route cannot be read in this way. The message says why and how to fix it. */
export const APIKIT_ERR_FORM_ROUTE = createError('APIKIT_ERR_FORM_ROUTE', '%s', 500)

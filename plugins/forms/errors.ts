import { createError } from '@fastify/error'

/** A form cannot be read: invalid multipart, no boundary, too many fields or files, a field too large; in FastAPI's words. */
export const APIKIT_ERR_FORM = createError('APIKIT_ERR_FORM', '%s', 400)

/** A file, or the form as a whole, is larger than its route allows. */
export const APIKIT_ERR_FORM_SIZE = createError('APIKIT_ERR_FORM_SIZE', '%s', 413)

/** A file was asked for after the end of its request, or a streamed one a second time. */
export const APIKIT_ERR_FILE_GONE = createError('APIKIT_ERR_FILE_GONE', 'The file "%s" %s', 500)

/** A file could not be written to the folder for temporary files; the cause is in the log. */
export const APIKIT_ERR_SPOOL = createError('APIKIT_ERR_SPOOL', 'cannot write an upload to %s', 500)

/** The form of a route is read in another way than the route or its handler asks for; the message says how. */
export const APIKIT_ERR_FORM_ROUTE = createError('APIKIT_ERR_FORM_ROUTE', '%s', 500)

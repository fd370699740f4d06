import { createError as makeError, type FastifyErrorConstructor } from '@fastify/error'
import { hideMessage } from '../core/http/answer.ts'

/** Their messages name tables, hosts and files. */
function createError<const Code extends string> (code: Code, message: string, statusCode = 500, Base?: ErrorConstructor): FastifyErrorConstructor<{ code: Code }> {
  return hideMessage(makeError(code, message, statusCode, Base) as FastifyErrorConstructor<{ code: Code }>)
}

/** `DATABASE_URL`, or the option `url`, is of no known form. */
export const APIKIT_ERR_DB_URL = createError('APIKIT_ERR_DB_URL', 'fastify-apikit/db: %s', 500, TypeError)

/** The database cannot be opened or reached when the app starts. */
export const APIKIT_ERR_DB_OPEN = createError('APIKIT_ERR_DB_OPEN', 'fastify-apikit/db: %s', 500)

/** `table()` or a column is declared in a way that no database can hold; the message names all that is wrong. */
export const APIKIT_ERR_TABLE = createError('APIKIT_ERR_TABLE', 'table %s', 500, TypeError)

/** Two tables, or two sets of migrations, have one name. */
export const APIKIT_ERR_DB_REGISTER = createError('APIKIT_ERR_DB_REGISTER', 'app.db.register: %s', 500)

/** Two databases of one scope have one name, or a name is of no database. */
export const APIKIT_ERR_DB_NAME = createError('APIKIT_ERR_DB_NAME', 'fastify-apikit/db: %s', 500, TypeError)

/** A request with sessions of several databases was committed in some of them, and could not be in another. */
export const APIKIT_ERR_PARTLY_COMMITTED = createError(
  'APIKIT_ERR_PARTLY_COMMITTED', 'The request is committed in these databases: %s; the commit in another failed, and what is left was rolled back', 500)

/** A session that only reads was asked to write. */
export const APIKIT_ERR_READ_ONLY = createError(
  'APIKIT_ERR_READ_ONLY',
  'This session only reads, as that of every GET, HEAD and QUERY does, and was asked to write; declare the route with another method, or with config: { transaction: { readOnly: false } }',
  500
)

/** A session was used after its end: its request is answered, or it was committed or rolled back for good. */
export const APIKIT_ERR_SESSION_OVER = createError(
  'APIKIT_ERR_SESSION_OVER',
  'The session is over: its request has been answered; work that goes on needs a session of its own, app.db.session(…)',
  500
)

/** PostgreSQL rolls an aborted transaction back when it is told to commit: a handler caught an SQL error and went on. */
export const APIKIT_ERR_ABORTED_COMMIT = createError(
  'APIKIT_ERR_ABORTED_COMMIT',
  'A statement of this transaction failed and its error was caught, so that nothing of it can be committed; let the error out, or put the statement into session.savepoint(…)',
  500
)

/** A statement of `prepare` whose SQL depends on the values of its parameters, or that was run without one of them. */
export const APIKIT_ERR_PREPARED = createError('APIKIT_ERR_PREPARED', 'A prepared statement: %s', 500)

/** `withOne` or `withMany` where its rows would not be decoded: in a subquery, a condition, a union; or of a column whose values JSON does not keep. */
export const APIKIT_ERR_RELATION = createError('APIKIT_ERR_RELATION', 'withOne() and withMany(): %s', 500, TypeError)

/** `offsetPaging` or `cursorPaging` with options that do not fit their table. */
export const APIKIT_ERR_PAGING = createError('APIKIT_ERR_PAGING', 'paging of the table %s', 500, TypeError)

/** A statement with more parameters than the database takes: most often an insert of many rows, to be split. */
export const APIKIT_ERR_TOO_MANY_PARAMETERS = createError('APIKIT_ERR_TOO_MANY_PARAMETERS', '%s', 500, RangeError)

/** A migration failed, and with it all that ran beside it: nothing of them is left behind. */
export const APIKIT_ERR_MIGRATION = createError('APIKIT_ERR_MIGRATION', 'Migrations: %s', 500)

/** The database lacks migrations, and the app was not told to run them. */
export const APIKIT_ERR_DB_BEHIND = createError(
  'APIKIT_ERR_DB_BEHIND', 'The database lacks migrations: %s; run npx fastify-apikit migrate up%s, or register fastify-apikit/db with { migrate: true }', 500)

/** A test transaction was begun while another one was open. */
export const APIKIT_ERR_TEST_TRANSACTION = createError(
  'APIKIT_ERR_TEST_TRANSACTION', 'A test transaction of this database is open already: tests that share an app must run one after the other, or each with an app and a database of its own', 500)

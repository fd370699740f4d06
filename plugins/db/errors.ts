import { createError as makeError, type FastifyErrorConstructor } from '@fastify/error'
import { hideMessage } from '../core/http/answer.ts'

/** Their messages name tables, hosts and files. */
function createError<const Code extends string> (code: Code, message: string, statusCode = 500, Base?: ErrorConstructor): FastifyErrorConstructor<{ code: Code }> {
  return hideMessage(makeError(code, message, statusCode, Base) as FastifyErrorConstructor<{ code: Code }>)
}

/** `DATABASE_URL`, or the option `url`, has an unknown form. */
export const APIKIT_ERR_DB_URL = createError('APIKIT_ERR_DB_URL', 'fastify-apikit/db: %s', 500, TypeError)

/** The database cannot be opened or reached when the app starts. */
export const APIKIT_ERR_DB_OPEN = createError('APIKIT_ERR_DB_OPEN', 'fastify-apikit/db: %s', 500)

/** `table()` or a column is declared in a way that no database can store. The message lists everything that is wrong. */
export const APIKIT_ERR_TABLE = createError('APIKIT_ERR_TABLE', 'table %s', 500, TypeError)

/** Two tables, or two sets of migrations, have the same name. */
export const APIKIT_ERR_DB_REGISTER = createError('APIKIT_ERR_DB_REGISTER', 'app.db.register: %s', 500)

/** Two databases of one scope have the same name, or a name is unknown. */
export const APIKIT_ERR_DB_NAME = createError('APIKIT_ERR_DB_NAME', 'fastify-apikit/db: %s', 500, TypeError)

/** A request with sessions of several databases was committed in some of them, but not in another. */
export const APIKIT_ERR_PARTLY_COMMITTED = createError(
  'APIKIT_ERR_PARTLY_COMMITTED', 'The request was committed in these databases: %s. The commit in another one failed, and the rest was rolled back', 500)

/** A session that only reads was asked to write. */
export const APIKIT_ERR_READ_ONLY = createError(
  'APIKIT_ERR_READ_ONLY',
  'This session only reads, as those of GET, HEAD and QUERY do, and was asked to write. Use another method, or set config: { transaction: { readOnly: false } }',
  500
)

/** A session was used after its end: its request is answered, or it was committed or rolled back for good. */
export const APIKIT_ERR_SESSION_OVER = createError(
  'APIKIT_ERR_SESSION_OVER',
  'The session is over: its request was answered, or its transaction ended with the handler. For a body that is a stream, use a GET without config.transaction, or read all rows in the handler. For work that continues, use app.db.session(…)',
  500
)

/** SQL that begins or ends a transaction was sent. */
export const APIKIT_ERR_RAW_TRANSACTION = createError(
  'APIKIT_ERR_RAW_TRANSACTION',
  'SQL must not begin or end a transaction, got "%s". Use session.commit(), session.rollback() or session.savepoint(…), and outside of requests app.db.session(…)',
  500
)

/** A stream was left in the middle, and what it belongs to has ended: its transaction, its request, or the database. */
export const APIKIT_ERR_STREAM_CLOSED = createError(
  'APIKIT_ERR_STREAM_CLOSED',
  'The stream was closed before its last row, because %s. Read it to its end before, or leave it by break or return()',
  500
)

/** PostgreSQL rolls an aborted transaction back when it is told to commit: a handler caught an SQL error and went on. */
export const APIKIT_ERR_ABORTED_COMMIT = createError(
  'APIKIT_ERR_ABORTED_COMMIT',
  'A statement of this transaction failed and its error was caught, so PostgreSQL cannot commit it. Rethrow the error, or run the statement in session.savepoint(…)',
  500
)

/** A statement of `prepare` whose SQL depends on the values of its parameters, or that was run without one of them. */
export const APIKIT_ERR_PREPARED = createError('APIKIT_ERR_PREPARED', 'A prepared statement: %s', 500)

/** `withOne` or `withMany` where its rows would not be decoded: in a subquery, a condition, a union; or of a column whose values JSON does not keep. */
export const APIKIT_ERR_RELATION = createError('APIKIT_ERR_RELATION', 'withOne() and withMany(): %s', 500, TypeError)

/** In SQLite: a statement calculates with a decimal of more than 15 digits, which is text there, or does with it what depends on how it is written. */
export const APIKIT_ERR_LONG_DECIMAL = createError(
  'APIKIT_ERR_LONG_DECIMAL',
  'The statement %s with a decimal of more than 15 digits, which SQLite keeps as text. Read the rows and calculate with Decimal, or write it as SQL: cast(… as real)',
  500
)

/** A row has a value that the type of its column does not have: `NaN` in a decimal, `infinity` in a date; in SQLite also a value of another type. */
export const APIKIT_ERR_STORED_VALUE = createError(
  'APIKIT_ERR_STORED_VALUE', 'The column %s has %s. Correct the row, or select the column as text in SQL: cast(… as text)', 500)

/** `offsetPaging` or `cursorPaging` with options that do not match their table. */
export const APIKIT_ERR_PAGING = createError('APIKIT_ERR_PAGING', 'paging of the table %s', 500, TypeError)

/** A statement with more parameters than the database takes, usually an insert of many rows. */
export const APIKIT_ERR_TOO_MANY_PARAMETERS = createError('APIKIT_ERR_TOO_MANY_PARAMETERS', '%s', 500, RangeError)

/** A migration failed. It was rolled back, together with those that ran in the same transaction. */
export const APIKIT_ERR_MIGRATION = createError('APIKIT_ERR_MIGRATION', 'Migrations: %s', 500)

/** The database lacks migrations, and the app was not told to run them. */
export const APIKIT_ERR_DB_BEHIND = createError(
  'APIKIT_ERR_DB_BEHIND', 'The database lacks migrations: %s. Run npx fastify-apikit migrate up%s, or register fastify-apikit/db with { migrate: true }', 500)

/** `beginTest()` was called while another test transaction was open. */
export const APIKIT_ERR_TEST_TRANSACTION = createError(
  'APIKIT_ERR_TEST_TRANSACTION', 'This database already has an open test transaction. Run tests that share an app one after the other, or give each its own app and database', 500)

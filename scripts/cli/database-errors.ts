/**
 * What a database refuses, in one sentence that says how to go on.
 *
 * @module
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 * @see https://www.sqlite.org/rescode.html
 */

import { Failure } from './failures.ts'

/** As much of an error of a driver as is read. */
interface Told {
  readonly code?: unknown
  readonly errcode?: unknown
  readonly message?: unknown
  readonly detail?: unknown
  readonly cause?: unknown
}

const URL = 'the URL of the database'
const CERTIFICATE = `Name the certificate of its authority in ${URL} (?sslrootcert=FILE), or give the server one that is valid for its host`

/** By SQLSTATE, by Node's codes, and by SQLite's numbers. */
const ADVICE: Readonly<Record<string, string>> = {
  '28P01': `Correct the password in ${URL}`,
  28000: `Correct the role in ${URL}, or let the server accept it (pg_hba.conf)`,
  '3D000': `Create the database, or correct ${URL}`,
  '3F000': `The search_path names no schema that exists and that the role may use. Create the schema, or name another one in ${URL}: ?options=-csearch_path%3DNAME`,
  25006: `The server only reads, as replicas do. Name the primary in ${URL}`,
  53300: 'The server has no free connection. Try again later, or raise its max_connections',
  '57P03': 'The server starts or stops. Try again later',
  ECONNREFUSED: `Start PostgreSQL, or correct ${URL}`,
  ENOTFOUND: `Correct the host in ${URL}`,
  EAI_AGAIN: `Correct the host in ${URL}`,
  ETIMEDOUT: `Correct the host in ${URL}, or let the network reach it`,
  EHOSTUNREACH: `Correct the host in ${URL}, or let the network reach it`,
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  ERR_TLS_CERT_ALTNAME_INVALID: CERTIFICATE,
  CERT_HAS_EXPIRED: CERTIFICATE,
  5: 'Another process writes to the database. Try again later',
  8: 'The file of the database, or its folder, cannot be written. Change their rights',
  11: 'The file of the database is damaged. Restore it from a backup',
  13: 'The disk is full. Make room',
  14: `The file of the database cannot be opened. Correct ${URL}, or the rights of the file`,
  26: `The file is no SQLite database. Correct ${URL}`
}

/** What has no code. */
const WORDS: ReadonlyArray<readonly [words: RegExp, advice: string]> = [
  [/does not support SSL connections/, `Turn TLS on in the server (ssl = on), or take sslmode (or ssl) out of ${URL}`],
  [/no encryption$/, `Correct the role in ${URL}, or ask for TLS in it: ?sslmode=verify-full; or let the server accept it (pg_hba.conf)`],
  [/client password must be a/, `Add the password to ${URL}`]
]

const OWN = /^APIKIT_(?:DB_|ERR_DB_|ERR_MIGRATION$)/
const SQLSTATE = /^(?=.*\d)[\dA-Z]{5}$/

/** Rights, by what is denied. */
function grantOf ({ message, detail }: Told): string {
  const [, kind = '', name = ''] = /^permission denied for (\w+) (.+)$/.exec(String(message)) ?? []
  if (kind === 'database') return `Grant it: grant ${/CONNECT/.test(String(detail)) ? 'connect' : 'create, temporary'} on database ${name.replaceAll('"', '')} to ROLE`
  if (kind === 'schema') return `Grant it: grant usage, create on schema ${name} to ROLE`
  return 'Use the role that owns it, or let that one grant the right'
}

function adviceOf (told: Told): string | undefined {
  if (told.code === '42501') return `${grantOf(told)}. ROLE is the one in ${URL}`
  const { code, errcode, message } = told
  const known = WORDS.find(([words]) => words.test(String(message)))
  return known?.[1] ?? ADVICE[String(typeof errcode === 'number' ? errcode & 0xff : code)]
}

/** An error, and those that it comes from. */
function chainOf (error: unknown): Told[] {
  const chain: Told[] = []
  for (let told: unknown = error; told instanceof Object; told = (told as Told).cause) chain.push(told)
  return chain
}

/** Whether a database has said it, or what connects to one: a host that refuses a request of the app is no matter of a database. */
function isOfDatabase ({ code, errcode }: Told): boolean {
  return typeof errcode === 'number' || (typeof code === 'string' && (OWN.test(code) || SQLSTATE.test(code)))
}

/** An error of a database that is known, as a sentence that says how to go on; any other as it is. */
export function databaseFailure (error: unknown): unknown {
  const chain = chainOf(error)
  // A sentence is one already.
  if (error instanceof Failure || !chain.some(isOfDatabase)) return error
  const { code, message }: Told = Object(error)
  for (const told of chain) {
    const advice = adviceOf(told)
    if (advice === undefined) continue
    const what = String(told.message)
    // Those of our own say what failed, and mostly why.
    const own = typeof code === 'string' && code.startsWith('APIKIT_') ? String(message) : undefined
    const whole = own === undefined || own === what ? what : own.includes(what) ? own : `${own}: ${what}`
    return Object.assign(new Failure(`${whole}. ${advice}.`), { cause: error })
  }
  return error
}

/** What a statement ends with, without a stack: also where nothing is known of how to go on. */
export function statementFailure (error: unknown): unknown {
  const known = databaseFailure(error)
  if (known instanceof Failure || !chainOf(error).some(isOfDatabase)) return known
  return Object.assign(new Failure(String(Object(error).message)), { cause: error })
}

/**
 * Does work with a database: starts the app, or connects.
 *
 * @throws Failure for what the database refuses
 */
export async function withDatabaseErrors<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw databaseFailure(error)
  }
}

/**
 * Does work whose statements are of this command, so that a stack would show nothing of the app.
 *
 * @throws Failure for all that the database says
 */
export async function withStatementErrors<T> (work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw statementFailure(error)
  }
}

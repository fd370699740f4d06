/**
 * What must hold of a fleet: one row for each promise.
 *
 * @module
 */

import type { Answer } from './ask.ts'
import type { Ledger } from './load.ts'
import { details, outcomes, sorted, type Window } from './windows.ts'

/** What is in the database in the end, and what the processes said. */
export interface Findings {
  readonly clients: number
  readonly ledger: Ledger
  readonly windows: readonly Window[]
  /** Numbers in the tables, one for each row. */
  readonly writes: readonly number[]
  readonly orders: readonly number[]
  readonly runs: readonly number[]
  /** Minutes in which the schedule was due; of each job of the schedule, the minute, and how often it ran. */
  readonly due: readonly number[]
  /** `late`: milliseconds from the minute until its job was there. */
  readonly ticks: ReadonlyArray<{ readonly minute: number, readonly late: number, readonly runs: number }>
  /** Milliseconds until a request was served after PostgreSQL was back. */
  readonly served: number
  /** Servers that were killed, and whose processes did not end with them. */
  readonly orphaned: number
  /** Processes that are ready, and those that heard a message of another one; of so many. */
  readonly ready: number
  readonly heard: number
  readonly servers: number
  /** What each process ended with. */
  readonly exits: readonly unknown[]
}

export interface Row {
  readonly what: string
  readonly figure: string
  readonly goal: string
  readonly holds: boolean
}

/** Milliseconds after which PostgreSQL's return must be noticed. */
const SERVED = 5000

/** Failures that are described. */
const DETAILS = 5

const CONNECTION = ['ECONNRESET', 'ECONNREFUSED', 'EPIPE']

export function verdict (found: Findings): Row[] {
  const { ledger, clients, writes, orders, runs, served, servers } = found
  const [stored, ordered, ran] = [new Set(writes), new Set(orders), new Set(runs)]
  const lost = ledger.writes.filter(nr => !stored.has(nr)).length
  const unfinished = ledger.jobs.filter(nr => !ran.has(nr)).length
  const phantoms = [...ran].filter(nr => !ordered.has(nr)).length
  const refused = [...ledger.refused.values()].reduce((sum, count) => sum + count, 0)
  const failed = sorted(ledger.failures, found.windows)
  const is = (...allowed: ReadonlyArray<number | string>) => ({ outcome }: Answer): boolean => allowed.includes(outcome)
  const wrong = ledger.failures.filter(failure => !is(503, ...CONNECTION)(failure))
  const none = (what: string, answers: readonly Answer[]): Row => row(what, answers.length === 0 ? 'none' : `${outcomes(answers)} (${details(answers.slice(0, DETAILS))})`, 'none', answers.length === 0)
  return [
    row('acknowledged writes lost', `${lost} of ${ledger.writes.length}`, '0', lost === 0 && ledger.writes.length > 0),
    row('writes stored twice', String(writes.length - stored.size), '0', writes.length === stored.size),
    row('acknowledged jobs that never ran', `${unfinished} of ${ledger.jobs.length}`, '0', unfinished === 0 && ledger.jobs.length > 0),
    row('jobs that ran without their order', String(phantoms), '0', phantoms === 0),
    row('jobs run again', String(runs.length - ran.size), 'at least once: any', true),
    ...scheduled(found),
    row('refresh tokens used twice', `${refused} refused by ${ledger.refused.size} processes, ${accepted(ledger)}`, 'all refused', ledger.accepted.length === 0 && refused > 0),
    none('failed: all replaced (SIGHUP)', failed.roll),
    row('failed: a process of a server killed', outcomes(failed.kill), `≤ ${2 * clients}, of its connections or 503`, failed.kill.length <= 2 * clients && failed.kill.every(is(503, ...CONNECTION))),
    row('failed: all processes of a server killed', outcomes(failed.host), 'only of its connections', failed.host.every(is(...CONNECTION))),
    row('killed servers that left processes', String(found.orphaned), '0', found.orphaned === 0),
    none('failed: a job worker killed', failed.worker),
    row('failed: PostgreSQL cut off', outcomes(failed.cut), 'only 503', failed.cut.every(is(503))),
    row('served again after it', `${served.toFixed(0)} ms`, `≤ ${SERVED} ms`, served <= SERVED),
    none('failed: between them', failed.calm),
    none('500 and other wrong answers, requests that hang', wrong),
    row('requests answered', `${ledger.answered} by ${ledger.processes.size} processes, slowest ${ledger.slowest.toFixed(0)} ms`, `by more than ${servers}`, ledger.processes.size > servers),
    row('GETs sent again', `${ledger.again}, on kept connections that ended`, 'any: RFC 9112 §9.3.1', true),
    row('request IDs given twice', String(ledger.sameIds), '0', ledger.sameIds === 0),
    row('ready afterwards', `${found.ready} of ${servers}`, 'all', found.ready === servers),
    row('heard a broadcast afterwards', `${found.heard} of ${servers}`, 'all', found.heard === servers),
    row('exit codes on SIGTERM', found.exits.join(', '), 'all 0', found.exits.every(code => code === 0))
  ]
}

function row (what: string, figure: string, goal: string, holds: boolean): Row {
  return { what, figure, goal, holds }
}

/** Milliseconds of the latest schedule: PostgreSQL may be away just then. */
const LATE = 12_000

/** Each minute has one job, which ran; again only if its process was killed. */
function scheduled ({ due, ticks }: Findings): Row[] {
  const missed = due.filter(minute => !ticks.some(tick => tick.minute === minute && tick.runs > 0)).length
  const twice = ticks.length - new Set(ticks.map(({ minute }) => minute)).size
  const again = ticks.reduce((sum, { runs }) => sum + Math.max(0, runs - 1), 0)
  const late = Math.max(0, ...ticks.filter(({ minute }) => due.includes(minute)).map(({ late }) => late))
  return [
    row('minutes of the schedule', `${due.length}: ${missed} missed, ${twice} twice, ${again} run again`, 'each once', missed === 0 && twice === 0 && again === 0),
    row('the latest of them', `${late.toFixed(0)} ms after its minute`, `≤ ${LATE} ms, PostgreSQL cut off included`, late <= LATE)
  ]
}

function accepted ({ accepted }: Ledger): string {
  return accepted.length === 0 ? 'none taken' : `${accepted.length} taken: ${[...new Set(accepted)].join(', ')}`
}

/** In Markdown. */
export function tableOf (rows: readonly Row[]): string {
  return ['| What | Found | Goal | Holds |', '| --- | --- | --- | --- |', ...rows.map(({ what, figure, goal, holds }) => `| ${what} | ${figure} | ${goal} | ${holds ? 'yes' : '**no**'} |`)].join('\n')
}

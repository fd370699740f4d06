/**
 * Departures of response models: what FastAPI refuses of a returned value, and here is sent.
 *
 * @module
 */

import type { Issue } from '../departures.ts'
import type { Difference } from '../json-diff.ts'
import type { Case } from './case.ts'
import { returnedFaultOf } from './fault.ts'
import { isOfBytes, isSentFloat } from './issues.ts'
import { LARGE_FLOATS, RETURNED_EXTRA, RETURNED_NAME, RETURNED_PART, TEXT_BODY, UNWRITABLE, WHOLE_FLOATS } from './rule-names.ts'
import { Sent } from './sent.ts'

type Excuses = (issue: Issue, of: Case, sent: Sent) => boolean

/** Why an issue of a returned value is none here. */
const EXCUSES: ReadonlyArray<readonly [rule: string, Excuses]> = [
  [UNWRITABLE, ({ type }, { answer }) => type === 'string_unicode' && isHalf(answer.body)],
  [RETURNED_PART, ({ type }, { about: { route } }) => type === 'missing' && isPartial(route.response)],
  [RETURNED_NAME, ({ type, loc }, { about }, sent) => type === 'missing' && isNamed(sent.objectAt(loc.slice(1, -1)), String(loc.at(-1)), about.aliases)],
  [RETURNED_EXTRA, ({ type }) => type === 'extra_forbidden'],
  [LARGE_FLOATS, (issue, _of, sent) => issue.type === 'int_parsing_size' && typeof sent.at(issue) === 'number'],
  [WHOLE_FLOATS, (issue, _of, sent) => isSentFloat(issue, sent)],
  [TEXT_BODY, (issue, _of, sent) => (sent.isText && isOfBytes(issue)) || (sent.isBinary && issue.type === 'string_unicode')]
]

function isPartial (response: Case['about']['route']['response']): boolean {
  return response?.exclude_unset ?? response?.exclude_defaults ?? response?.exclude_none ?? false
}

/** Half a surrogate pair, as JSON writes it. */
export function isHalf (body: Buffer): boolean {
  return /\\ud[89a-f]/i.test(body.toString())
}

/** Whether an object has a field by its name, where `key` is that name or the alias of it. */
function isNamed (object: unknown, key: string, aliases: Case['about']['aliases']): boolean {
  if (typeof object !== 'object' || object === null) return false
  return [...aliases].some(([name, others]) => (key === name || others.has(key)) && Object.hasOwn(object, name))
}

/** The rule by which FastAPI refuses a value that is sent here; of a union, one member with excused issues is enough. */
export function returnedRule (of: Case): string | undefined {
  const { step, answer, fault } = of
  if (fault?.type !== 'ResponseValidationError' || fault.issues === null || answer.status >= 300) return undefined
  const sent = new Sent(step)
  const issues = fault.issues.map(issue => ({ ...issue, loc: ['body', ...issue.loc.slice(1)] }))
  const rules = new Map(issues.map(issue => [issue, EXCUSES.find(([, excuses]) => excuses(issue, of, sent))?.[0]]))
  const excused = issues.filter(issue => rules.get(issue) !== undefined)
  const isExplained = issues.every(issue => excused.includes(issue) || excused.some(other => sent.isBeside(issue, other)))
  return isExplained ? EXCUSES.find(([rule]) => excused.some(issue => rules.get(issue) === rule))?.[0] : undefined
}

/** Whether a value was read by the name of a field, which FastAPI does not read: each difference lies in such a field. */
export function isReadByName ({ step, answer, about: { route, aliases } }: Case, differences: readonly Difference[]): boolean {
  if (route.response === undefined || step.expect.status >= 300) return false
  const sent = new Sent(step)
  const passesName = (path: readonly unknown[]): boolean => path.some((key, index) => isNamed(sent.objectAt(path.slice(0, index)), String(key), aliases))
  const problems = returnedFaultOf(answer)
  if (problems.length > 0) {
    const issues = problems.map(({ type, loc }) => ({ type, loc: ['body', ...loc.slice(1)] }))
    const excused = issues.filter(({ loc }) => passesName(loc.slice(1)))
    return excused.length > 0 && issues.every(issue => excused.includes(issue) || excused.some(other => sent.isBeside(issue, other)))
  }
  return answer.status === step.expect.status && differences.every(({ at }) => passesName(pathOf(at)))
}

/** Whether FastAPI took another member of a union, as the value has a field that the one taken here forbids: each difference lies in such an object. */
export function isOtherMember ({ step, answer, about: { route, closed } }: Case, differences: readonly Difference[]): boolean {
  if (route.response === undefined || step.expect.status >= 300 || answer.status !== step.expect.status) return false
  const sent = new Sent(step)
  const isClosed = (object: object): boolean => closed.some(keys => Object.keys(object).some(key => keys.has(key)) && Object.keys(object).some(key => !keys.has(key)))
  return differences.every(({ at }) => pathOf(at).some((_key, index, path) => {
    const object = sent.objectAt(path.slice(0, index))
    return object !== undefined && !Array.isArray(object) && isClosed(object)
  }))
}

/** Whether an object keeps an extra field in FastAPI whose name is that of a field with an alias. */
export function isExtraName ({ step, about: { route, aliases } }: Case, { at, expected, got }: Difference): boolean {
  const path = pathOf(at)
  const key = String(path.at(-1))
  // An answer names the parameter, unless that is what it is.
  const before = new Sent(step).objectsAt(path.slice(0, -1), route.parameters.map(({ name }) => name))
  const isSent = before.some(object => Object.hasOwn(object, key)) || isParameter(step, route, path, key)
  return expected !== undefined && got === undefined && aliases.has(key) && isSent
}

/** Whether a model of parameters has got one of a name. */
function isParameter ({ query, headers }: Case['step'], { parameters }: Case['about']['route'], [name, ...inside]: readonly string[], key: string): boolean {
  const place = parameters.find(parameter => parameter.name === name)?.in
  if (inside.length !== 1) return false
  return place === 'query' ? new URLSearchParams(query).has(key) : place === 'header' && headers.some(([header]) => header === key || header === key.replaceAll('_', '-'))
}

/** The keys of a JSON pointer. */
function pathOf (at: string): string[] {
  return at.split('/').slice(1).map(key => key.replaceAll('~1', '/').replaceAll('~0', '~'))
}

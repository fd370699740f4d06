/**
 * Finds the breaking changes of one operation.
 *
 * @module
 */

import type { Schema } from '../../core/plan/route-plan.ts'
import type { BreakingChange } from './breaking-change.ts'
import { type Located, resolved } from './located.ts'
import { type Misfit, Narrowing } from './narrowing.ts'
import { removedFields } from './removed-fields.ts'

/** Whether the other side writes a value or reads it. */
type Role = 'written' | 'read'

/** The old and the new version. */
interface States {
  readonly at: string
  readonly before: Located
  readonly after: Located
}

export class OperationChanges {
  readonly #requests: Role
  readonly #answers: Role

  /** @param requests What the other side does with requests. It does the opposite with responses. */
  private constructor (requests: Role) {
    this.#requests = requests
    this.#answers = requests === 'written' ? 'read' : 'written'
  }

  /** For an operation of the app. */
  static readonly answered = (at: string, before: Located, after: Located): BreakingChange[] =>
    new OperationChanges('written').#operation({ at, before, after })

  /** For a callback or webhook, which the app calls. */
  static readonly called = (at: string, before: Located, after: Located): BreakingChange[] =>
    new OperationChanges('read').#operation({ at, before, after })

  #operation (states: States): BreakingChange[] {
    return [...this.#parameters(states), ...this.#body(states), ...this.#responses(states), ...securityChanges(states)]
  }

  #parameters ({ at, before, after }: States): BreakingChange[] {
    const [known, now] = [parametersOf(before), parametersOf(after)]
    const added = [...now].filter(([key, parameter]) => !known.has(key) && parameter.required === true).map(([, parameter]): BreakingChange =>
      ({ at: `${at}, ${labelOf(parameter)}`, change: 'is new, and required' }))
    const changed = [...known].flatMap(([key, parameter]) => {
      const other = now.get(key)
      const label = `${at}, ${labelOf(parameter)}`
      if (other === undefined) return [{ at: label, change: 'was removed' }]
      const required = other.required === true && parameter.required !== true ? [{ at: label, change: 'is required now' }] : []
      return [...required, ...this.#schema({ at: label, before: { ...before, schema: parameter.schema }, after: { ...after, schema: other.schema } }, this.#requests)]
    })
    return [...added, ...changed]
  }

  #body ({ at, before, after }: States): BreakingChange[] {
    const [known, now] = [before, after].map(located => Reflect.get(Object(located.schema), 'requestBody') as unknown)
    const label = `${at}, body`
    const [old, fresh] = [resolved({ ...before, schema: known }), resolved({ ...after, schema: now })]
    if (known === undefined) return fresh.required === true ? [{ at: label, change: 'is new, and required' }] : []
    if (now === undefined) return [{ at: label, change: 'was removed' }]
    const required = this.#requests === 'written' ? fresh.required === true && old.required !== true : old.required === true && fresh.required !== true
    return [
      ...required ? [{ at: label, change: this.#requests === 'written' ? 'is required now' : 'may be missing now' }] : [],
      ...this.#content({ at: label, before: { ...before, schema: old.content }, after: { ...after, schema: fresh.content } }, this.#requests)
    ]
  }

  #responses ({ at, before, after }: States): BreakingChange[] {
    const now = Object(resolved(after).responses)
    return Object.entries(Object(resolved(before).responses)).flatMap(([status, schema]) => {
      const label = `${at}, answer ${status}`
      const other = now[status] ?? now[`${status.charAt(0)}XX`] ?? now.default
      if (other === undefined) return [{ at: label, change: 'was removed' }]
      const [old, fresh] = [resolved({ ...before, schema }), resolved({ ...after, schema: other })]
      const headers = Object.keys(Object(old.headers)).filter(name => !Object.hasOwn(Object(fresh.headers), name))
      return [
        ...headers.map(name => ({ at: `${label}, header ${name}`, change: 'was removed' })),
        ...this.#content({ at: label, before: { ...before, schema: old.content }, after: { ...after, schema: fresh.content } }, this.#answers)
      ]
    })
  }

  #content ({ at, before, after }: States, role: Role): BreakingChange[] {
    const media = Object.entries<Schema>(Object(before.schema))
    return media.flatMap(([type, { schema }]) => {
      const other = Object(after.schema)[type]
      const label = media.length > 1 ? `${at}, ${type}` : at
      if (other === undefined) return [{ at: label, change: `is no longer ${type}` }]
      return this.#schema({ at: label, before: { ...before, schema }, after: { ...after, schema: other.schema } }, role)
    })
  }

  #schema ({ at, before, after }: States, role: Role): BreakingChange[] {
    const gone = removedFields(before, after)
    const isGone = ({ at: path }: Misfit): boolean => gone.some(names => names.every((name, index) => path[index] === name))
    const misfits = role === 'written' ? new Narrowing().misfits(before, after) : new Narrowing().misfits(after, before)
    const changes = [
      ...gone.map(path => ({ at: [at, ...path].join(', '), change: 'was removed' })),
      // Responses may have more fields than before.
      ...misfits.filter(misfit => !isGone(misfit) && !(role === 'read' && misfit.keyword === 'additionalProperties'))
        .map(misfit => ({ at: [at, ...misfit.at].join(', '), change: textOf(misfit, role) }))
    ]
    return [...new Map(changes.map(change => [`${change.at}: ${change.change}`, change])).values()]
  }
}

function textOf ({ keyword, narrow, wide }: Misfit, role: Role): string {
  const list = (value: unknown): string => Array.isArray(value) ? value.map(one => JSON.stringify(one)).join(' or ') : String(value)
  if (role === 'written') {
    if (keyword === 'required') return 'is required now'
    if (keyword === 'additionalProperties') return 'no longer accepts other fields'
    if (keyword === 'type') return `accepted ${list(narrow)}, and now accepts ${list(wide)}`
    if (keyword === 'enum') return `no longer accepts ${list(narrow)}`
    return `its ${keyword} was ${narrow === undefined ? 'not set' : list(narrow)}, and is now ${list(wide)}`
  }
  if (keyword === 'required') return 'may be missing now'
  if (keyword === 'type') return `was ${list(wide)}, and may now be ${list(narrow)}`
  if (keyword === 'enum') return `may now be ${list(narrow)}`
  return `its ${keyword} was ${list(wide)}, and is now ${narrow === undefined ? 'not set' : list(narrow)}`
}

/** Parameters by place and name. Path parameters by their order. */
function parametersOf ({ schema, document }: Located): Map<string, Schema> {
  const all: unknown = Object(schema).parameters
  const parameters = Array.isArray(all) ? all.map(parameter => resolved({ schema: parameter, document })) : []
  const inPath = parameters.filter(parameter => parameter.in === 'path')
  return new Map(parameters.map(parameter => {
    const name = parameter.in === 'path' ? inPath.indexOf(parameter) : parameter.in === 'header' ? String(parameter.name).toLowerCase() : parameter.name
    return [`${String(parameter.in)} ${String(name)}`, parameter]
  }))
}

function labelOf ({ in: place, name }: Schema): string {
  return `${String(place)} parameter ${String(name)}`
}

function securityChanges ({ at, before, after }: States): BreakingChange[] {
  const known = askedBy(before)
  return [...askedBy(after)].flatMap(([scheme, scopes]) => {
    const old = known.get(scheme)
    if (old === undefined) return [{ at, change: `now requires ${scheme}` }]
    return scopes.filter(scope => !old.includes(scope)).map(scope => ({ at, change: `${scheme} now requires the scope ${scope}` }))
  })
}

/** The required scopes, by scheme. */
function askedBy ({ schema, document }: Located): Map<string, string[]> {
  const security: unknown = Object(schema).security ?? Reflect.get(document, 'security')
  const requirements: Array<Record<string, string[]>> = Array.isArray(security) ? security : []
  return new Map(requirements.flatMap(requirement => Object.entries(requirement)))
}

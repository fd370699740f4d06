/**
 * What a rule looks at: a request, both answers to it, and the app.
 *
 * @module
 */

import type { Answer } from '../exchange.ts'
import type { HttpStep } from '../scenarios.ts'
import type { AppDescription, Route } from './description.ts'
import type { Fault } from './fault.ts'

/** What of an app a rule needs to know. */
export interface About {
  readonly route: Route
  /** Whether arrays may come from sets, whose order says nothing. */
  readonly hasSets: boolean
  /** The keys of each model that forbids others. */
  readonly closed: ReadonlyArray<ReadonlySet<string>>
  /** The aliases of fields, by their names. */
  readonly aliases: ReadonlyMap<string, ReadonlySet<string>>
}

export function aboutOf ({ models }: AppDescription, route: Route): About {
  const aliases = new Map<string, Set<string>>()
  for (const { name, alias } of models.flatMap(({ fields }) => fields)) if (alias !== undefined) aliases.set(name, (aliases.get(name) ?? new Set()).add(alias))
  const closed = models.filter(({ extra }) => extra === 'forbid').map(({ fields }) => new Set(fields.flatMap(({ name, alias }) => alias === undefined ? [name] : [name, alias])))
  return { route, closed, hasSets: JSON.stringify([models, route]).includes('"k":"set"'), aliases }
}

export interface Case {
  readonly step: HttpStep
  readonly answer: Answer
  /** The JSON of both answers, with all digits. */
  readonly theirs: unknown
  readonly ours: unknown
  /** How FastAPI has failed. */
  readonly fault?: Fault | undefined
  readonly about: About
}

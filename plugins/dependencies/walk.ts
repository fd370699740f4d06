/**
 * Builds the graph of a route: walks its dependencies depth first, in the order of declaration.
 *
 * @module
 */

import type { RouteOptions } from 'fastify'
import { type Definition, definitionFor, isGenerator, kDependency, type Mention } from './definition.ts'
import { isDependency, isReserved } from './dependency.ts'
import { type AppCall, type Graph, type Need, type Overrides, RequestCall, type Root, type Step } from './graph.ts'
import { scopesValue } from './scopes.ts'

/** Nested diamonds would otherwise repeat an exponential number of steps. */
const MOST_STEPS = 10_000

interface Place {
  readonly origin: string
  readonly scopes: readonly string[]
  readonly parent: RequestCall | undefined
  /** Labels, from the route down. */
  readonly path: readonly string[]
}

interface Found {
  readonly label: string
  readonly mention: Mention
}

/** Returns the graph of a route. Without a route, the graph of dependencies that are resolved outside of routes. */
export function graphOf (roots: Iterable<Root>, overrides: Overrides, route?: RouteOptions): Graph {
  const walk = new Walk(overrides, route)
  for (const root of roots) walk.add(root)
  for (const call of walk.calls) if (call.secure && !call.readsBody) call.hurry()
  return walk.graph()
}

class Walk {
  readonly steps: Step[] = []
  readonly calls: RequestCall[] = []
  readonly appCalls: AppCall[] = []
  readonly roots: Array<readonly [Root, Need]> = []
  readonly problems = new Set<string>()
  readonly #overrides: Overrides
  readonly #route: RouteOptions | undefined
  readonly #byKey = new Map<Definition, Map<string, RequestCall>>()
  readonly #byApp = new Map<Definition, AppCall>()
  readonly #scoped = new Map<Definition, boolean>()
  readonly #open = new Set<Definition>()

  constructor (overrides: Overrides, route: RouteOptions | undefined) {
    this.#overrides = overrides
    this.#route = route
  }

  add (root: Root): void {
    const found = this.#find(root.label, root.dependency, [])
    const need = found && this.#need(found, { origin: root.origin, scopes: [], parent: undefined, path: [] })
    if (need !== undefined) this.roots.push([root, need])
  }

  graph (): Graph {
    const { steps, calls, appCalls, roots, problems } = this
    return { steps, calls, appCalls, roots, problems: [...problems] }
  }

  /** Applies overrides. The replacement keeps the scopes of the mention. */
  #find (name: string, dependency: unknown, path: readonly string[]): Found | undefined {
    if (!isDependency(dependency)) {
      const what = dependency === undefined ? 'undefined' : `a ${typeof dependency}`
      const remedy = dependency === undefined ? 'Check whether it is declared before it is used' : 'Wrap it in dependency(…)'
      this.#refuse([...path, name], `expected a dependency, got ${what}. ${remedy}`)
      return undefined
    }
    const mention = dependency[kDependency]
    const label = mention.definition.name ?? name
    const other = this.#overrides.get(mention.definition)
    if (other === undefined) return { label, mention }
    // A replacement is called under the limit of what it replaces.
    const definition = mention.definition.slots?.hold(other.definition) ?? other.definition
    return { label, mention: { definition, scopes: [...mention.scopes, ...other.scopes], fresh: mention.fresh || other.fresh } }
  }

  #need ({ label, mention: { definition, scopes, fresh } }: Found, place: Place): Need | undefined {
    if (definition.kind === 'scopes') return { at: 'constant', value: scopesValue(place.scopes) }

    const path = [...place.path, label]
    if (this.#open.has(definition)) {
      this.#refuse(path, 'a dependency cannot need itself. Remove one of the needs, or move what both need into a third dependency.')
      return undefined
    }
    this.#open.add(definition)
    const need = definition.scope === 'app'
      ? this.#appCall(label, definition, path)
      : this.#requestCall({ label, mention: { definition, scopes, fresh: fresh || definition.fresh } }, { ...place, scopes: [...new Set([...place.scopes, ...scopes])], path })
    this.#open.delete(definition)
    return need
  }

  #appCall (label: string, definition: Definition, path: readonly string[]): AppCall {
    const known = this.#byApp.get(definition)
    if (known !== undefined) return known

    const reads = Object.keys(definition.inputs).length + Object.keys(definition.security).length > 0
    if (reads) this.#refuse(path, 'a dependency with scope "app" is created at startup, without a request. Remove its inputs and security, or its scope.')
    const needs: Array<readonly [string, AppCall]> = []
    for (const [name, dependency] of this.#needsOf(definition, path)) {
      const found = this.#find(name, dependency, path)
      if (found === undefined) continue
      if (found.mention.definition.scope !== 'app') {
        this.#refuse([...path, found.label], `"${label}" is created once, at startup, but needs "${found.label}", which is created for each request. Give "${found.label}" scope "app", or remove the scope of "${label}".`)
        continue
      }
      const need = this.#need(found, { origin: 'app', scopes: [], parent: undefined, path })
      if (need?.at === 'app') needs.push([name, need])
    }
    const call: AppCall = { at: 'app', definition, label, needs }
    this.#byApp.set(definition, call)
    this.appCalls.push(call)
    return call
  }

  #requestCall ({ label, mention: { definition, scopes, fresh } }: Found, place: Place): RequestCall {
    const key = scopes.length > 0 || this.#usesScopes(definition) ? JSON.stringify([...place.scopes].sort()) : ''
    const byKey = this.#byKey.get(definition) ?? new Map<string, RequestCall>()
    this.#byKey.set(definition, byKey)
    const cached = byKey.get(key)
    if (cached !== undefined && !fresh) {
      this.#repeat(cached, place.parent)
      return cached
    }
    const call = this.#newCall(label, definition, place, fresh)
    if (!byKey.has(key)) byKey.set(key, call)
    return call
  }

  #newCall (label: string, definition: Definition, { origin, scopes, parent, path }: Place, fresh: boolean): RequestCall {
    const call = new RequestCall(definitionFor(definition, this.#route), label, origin, scopes, fresh)
    for (const [name, dependency] of this.#needsOf(definition, path)) {
      const found = this.#find(name, dependency, path)
      if (found === undefined) continue
      this.#checkScopes(call.definition, label, found, path)
      const need = this.#need(found, { origin, scopes, parent: call, path })
      if (need !== undefined) call.need(name, need)
    }
    call.index = this.calls.push(call) - 1
    this.steps.push({ call, again: false, parent })
    return call
  }

  /** FastAPI solves the needs of a dependency at every mention, though it calls the dependency only at the first. */
  #repeat (call: RequestCall, parent: RequestCall | undefined): void {
    if (!call.repeats || this.steps.length >= MOST_STEPS) return
    for (const [, need] of call.needs) {
      if (need.at !== 'request') continue
      if (need.fresh) this.#newCall(need.label, need.definition, { origin: call.origin, scopes: need.scopes, parent, path: [need.label] }, true)
      else this.#repeat(need, parent)
    }
    if (call.hasInputs) this.steps.push({ call, again: true, parent })
  }

  #needsOf (definition: Definition, path: readonly string[]): Array<[string, unknown]> {
    const needs = Object.entries(definition.needs)
    for (const [name] of needs) {
      if (isReserved(name, definition.scope)) this.#refuse([...path, name], `"${name}" is reserved: the factory gets its own "${name}". Rename the need.`)
    }
    return needs
  }

  /** As FastAPI's `DependencyScopeError`. */
  #checkScopes (definition: Definition, label: string, { label: needed, mention }: Found, path: readonly string[]): void {
    if (!isGenerator(definition) || definition.scope === 'function' || mention.definition.scope !== 'function') return
    this.#refuse([...path, needed], `"${needed}" has scope "function" and is closed before the response is sent, but "${label}", which needs it, is closed after. Give both the same scope.`)
  }

  /** Tells whether the value may depend on the required scopes. */
  #usesScopes (definition: Definition): boolean {
    const known = this.#scoped.get(definition)
    if (known !== undefined) return known
    this.#scoped.set(definition, false) // For dependencies that need themselves.
    const uses = definition.kind === 'scopes' || Object.keys(definition.security).length > 0 ||
      Object.entries(definition.needs).some(([name, dependency]) => {
        const mention = isDependency(dependency) ? this.#find(name, dependency, [])?.mention : undefined
        return mention !== undefined && (mention.scopes.length > 0 || this.#usesScopes(mention.definition))
      })
    this.#scoped.set(definition, uses)
    return uses
  }

  #refuse (path: readonly string[], problem: string): void {
    this.problems.add(`${path.join(' → ')}: ${problem}`)
  }
}

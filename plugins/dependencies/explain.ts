/**
 * Describes the plan of a route as text.
 *
 * @module
 */

import type { FastifyInstance } from 'fastify'
import { plansOf } from '../core/plan/conductor.ts'
import type { Inputs, Part, RoutePlan } from '../core/plan/route-plan.ts'
import { isGenerator } from './definition.ts'
import { APIKIT_ERR_NO_ROUTE } from './errors.ts'
import type { Graph, RequestCall } from './graph.ts'
import { graphs } from './routes.ts'

type Row = readonly string[]

const PART_NAMES: Readonly<Record<Part, string>> = { params: 'path', querystring: 'query', headers: 'header', cookies: 'cookie', body: 'body' }

/**
 * Returns a text that describes what happens to a request of a route: its inputs, its dependencies in the order of their
 * calls, who asks for each, its security schemes, its responses and how each is serialized.
 *
 * ```ts
 * console.log(explain(app, 'GET /items/:id'))
 * ```
 *
 * @param route Method and URL as declared, including the prefix.
 * @throws APIKIT_ERR_NO_ROUTE when the route does not exist. The message lists all routes.
 */
export function explain (app: FastifyInstance, route: string): string {
  const plans = new Map<string, RoutePlan>([...plansOf(app)].flatMap(plan => [plan.route.method].flat().map(method => [`${method} ${plan.route.url}`, plan] as const)))
  const [method = '', url = ''] = route.trim().split(/\s+/)
  const name = `${method.toUpperCase()} ${url}`
  // Fastify serves '/' below a prefix with and without its slash. The plan has one of the two.
  const plan = plans.get(name) ?? plans.get(`${name}/`)
  if (plan === undefined) throw new APIKIT_ERR_NO_ROUTE(`unknown route "${route}". Routes:\n${[...plans.keys()].join('\n')}`)

  const graph = graphs.get(plan)?.()
  const sections = [
    section('inputs', inputRows(plan)),
    section('made when the app starts', graph?.appCalls.map(({ label, definition, needs }) => [label, definition.kind, needing(needs.map(([name]) => name))])),
    section('dependencies, in order', graph && callRows(graph)),
    section('security', plan.security.flatMap(Object.entries).map(([name, scopes]) => [name, scopes.join(' ')])),
    section('answers', answerRows(plan))
  ]
  return [name, ...sections].filter(text => text !== '').join('\n\n') + '\n'
}

function inputRows ({ inputs, inherited }: RoutePlan): Row[] {
  const of = (inputs: Inputs, from: string): Row[] => Object.entries(inputs).flatMap(([part, schema]) =>
    namesIn(schema).map(name => [PART_NAMES[part as Part], name, from]))
  return [...of(inputs, 'route'), ...inherited.flatMap(({ from, inputs }) => of(inputs, from))]
}

function namesIn (schema: unknown): readonly string[] {
  const { properties, title, type, content } = Object(schema)
  if (properties !== undefined && title === undefined) return Object.keys(properties)
  return [String(title ?? type ?? (content === undefined ? 'anything' : Object.keys(content).join(' | ')))]
}

function callRows ({ calls }: Graph): Row[] {
  const order = [...calls].sort((one, other) => Number(other.early) - Number(one.early) || one.index - other.index)
  return order.map((call, index) => [
    String(index + 1), call.label, `by ${call.origin}`, call.early ? 'before the body is read' : 'before the handler', kindOf(call),
    needing(call.needs.map(([name]) => name))
  ])
}

function kindOf ({ definition, fresh }: RequestCall): string {
  const end = definition.scope === 'function' ? 'before the response is sent' : 'after the response'
  return `${fresh ? 'fresh ' : ''}${definition.kind}${isGenerator(definition) ? `, closed ${end}` : ''}`
}

function needing (names: readonly string[]): string {
  return names.length === 0 ? '' : `needs ${names.join(', ')}`
}

function answerRows ({ route, responses }: RoutePlan): Row[] {
  const declared: Row[] = Object.entries(Object(route.schema?.response)).map(([status, schema]) => [status, `written by the schema ${namesOf(schema)}`])
  const documented = [...responses].filter(([status]) => declared.every(([other]) => other !== status))
    .map(([status, { description, schema }]) => [status, String(schema?.title ?? description)])
  return [...declared.length > 0 ? declared : [['2xx', 'written by JSON.stringify: schema.response declares none']], ...documented]
}

function namesOf (schema: unknown): string {
  const { title, type, properties } = Object(schema)
  return String(title ?? (properties === undefined ? type ?? 'of several kinds' : `{ ${Object.keys(properties).join(', ')} }`))
}

function section (title: string, rows: readonly Row[] | undefined): string {
  if (rows === undefined || rows.length === 0) return ''
  const width = (column: number): number => Math.max(...rows.map(row => String(row[column]).length))
  const lines = rows.map(row => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('  ')}`.trimEnd())
  return [title, ...lines].join('\n')
}

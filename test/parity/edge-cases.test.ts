import t from 'tap'
import { compare } from './compare.ts'
import { departsByAnswer, departsByRequest } from './departures.ts'
import { deviationsOf } from './deviations.ts'
import edgeApp from './edge-app.ts'
import { Client } from './exchange.ts'
import { recorded } from './recorded.ts'
import type { Content, Header, HttpStep } from './scenarios.ts'

interface Recorded {
  readonly group: string
  readonly request: { readonly method: string, readonly path: string, readonly headers: readonly Header[], readonly body: Content | null }
  readonly response: { readonly status: number, readonly headers: readonly Header[], readonly body: Content | null }
}

/** What is not asked of the app, by group. */
const LACKS: Readonly<Record<string, string>> = {
  'Docs endpoints': 'document' // of routes, too, of which there are no cases
}

function stepOf ({ request: { method, path, headers, body }, response }: Recorded): HttpStep {
  const [pathname = '', query = ''] = path.split('?')
  const isJson = response.headers.some(([name, value]) => name === 'content-type' && value === 'application/json')
  return {
    type: 'http',
    method,
    path: pathname,
    query,
    headers: [['host', 'testserver'], ...headers],
    body,
    expect: {
      status: response.status,
      headers: response.headers,
      ...isJson && method !== 'HEAD' ? { json: JSON.parse(response.body?.text ?? '') } : method === 'HEAD' ? {} : { body: response.body }
    }
  }
}

t.test('odd bodies, content types and errors are answered as by FastAPI', async t => {
  const client = await new Client(await edgeApp()).open()
  t.teardown(() => client.close())
  const known = deviationsOf('edge-cases')
  const fixed = new Set(known.keys())
  const skipped = new Map<string, number>()
  const skip = (rule: string): void => { skipped.set(rule, (skipped.get(rule) ?? 0) + 1) }

  const cases: Recorded[] = JSON.parse(recorded('edge-cases.json'))
  for (const { group, ...rest } of cases) {
    const step = stepOf({ group, ...rest })
    const rule = LACKS[group] ?? departsByRequest(step)
    if (rule !== undefined) {
      skip(rule)
      continue
    }
    const input = `${JSON.stringify(rest.request.headers)} ${step.body?.text ?? step.body?.base64 ?? ''}`
    const title = `${step.method} ${rest.request.path}`
    const answer = await client.send(step)
    const { differences } = compare(step, answer)
    const departure = differences.length === 0 ? undefined : departsByAnswer(step, answer, differences)
    if (departure !== undefined) skip(departure)
    else if (differences.length > 0 && known.has(`${title} ${input}`)) fixed.delete(`${title} ${input}`)
    else t.same(differences, [], `${group}: ${title} ${input}`)
  }
  t.same([...fixed], [], 'every deviation still deviates')
  for (const [rule, count] of skipped) t.comment(`skipped: ${count} ${rule}`)
})

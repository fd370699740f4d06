import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import sample from './apps/openapi-sample.ts'
import { diffJson } from './json-diff.ts'
import { recordedDir } from './recorded.ts'

const recorded = join(recordedDir, 'openapi-sample', 'openapi.json')

t.test('an app that uses nearly every rule has the document that FastAPI writes of it, to the last title', async t => {
  const app = await sample()
  t.teardown(() => app.close())
  const { body } = await app.inject('/openapi.json')
  const differences = diffJson(JSON.parse(readFileSync(recorded, 'utf8')), JSON.parse(body))
  // FastAPI gives both methods of a route one id, made of one of them, whichever Python's set has first.
  t.same(differences, [{ at: '/paths/~1many/post/operationId', expected: 'many_many_get', got: 'many_many_post' }])
})

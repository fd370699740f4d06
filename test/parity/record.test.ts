import { cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { missingFastapi } from './random/fastapi.ts'
import { record } from './record.ts'
import { recordedDir } from './recorded.ts'

const python = process.env.FASTAPI_PYTHON ?? 'python3'
const missing = missingFastapi(python)

t.test('without an interpreter it is told which to name', async t => {
  const said = t.capture(console, 'error')
  t.equal(record('/no/python', []), 1)
  t.match(String(said.args()), /^\/no\/python cannot be run: .*--python venv\/bin\/python$/)
})

t.test('every section of the tour is recorded', async t => {
  const folder = join(import.meta.dirname, 'record')
  const listed = [...readFileSync(join(folder, 'record.py'), 'utf8').matchAll(/^ {4}"(?:seed|new)": "(.*)"\.split\(\)/gm)].flatMap(([, names]) => String(names).split(' '))
  const sections = readdirSync(join(folder, 'seed')).filter(name => name.endsWith('.py')).map(name => name.slice(0, -3))
  t.same(listed.toSorted(), sections.toSorted())
  for (const name of ['coercion-response-model', 'serialization-matrix', 'pydantic-errors', 'edge-cases']) t.ok(existsSync(join(recordedDir, `${name}.json.gz`)), name)
})

t.test('FastAPI answers again as it is recorded', { skip: missing ?? false }, async t => {
  const folder = t.testdir()
  cpSync(recordedDir, folder, { recursive: true })
  t.equal(record(python, ['new', 'coercion-response-model', 'serialization-matrix', 'pydantic-errors', 'edge-cases', 'openapi-sample'], folder), 0)
  for (const name of readdirSync(recordedDir).filter(name => name.includes('.'))) t.ok(readFileSync(join(folder, name)).equals(readFileSync(join(recordedDir, name))), name)
  t.equal(record(python, ['other'], folder), 1, 'an unknown name is an error')
})

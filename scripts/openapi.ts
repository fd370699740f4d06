/**
 * Writes the OpenAPI document of the reference app, or compares it with the one that was written before:
 * `npm run openapi -- [--check] [FILE]`. With `--check` nothing is written; what breaks the clients that know the file is
 * printed, and the exit code is 1. What is only added is no such thing.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import Fastify from 'fastify'
import app, { options } from '../app.ts'
import { breakingChanges } from '../plugins/docs/index.ts'

/** The document as tests see it: without the settings of this machine. */
export async function referenceDocument (): Promise<object> {
  const server = Fastify(options)
  try {
    await server.register(app, { env: {}, envFile: null, settings: { databaseUrl: 'sqlite::memory:' } })
    await server.ready()
    return server.swagger()
  } finally {
    await server.close()
  }
}

export const BASELINE = join(import.meta.dirname, '..', 'test', 'openapi.json')

/** What breaks the clients that know the document in this file, a line each. */
export function compared (file: string, document: object): string[] {
  return breakingChanges(JSON.parse(readFileSync(file, 'utf8')), document).map(({ at, change }) => `${at}: ${change}`)
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { check: { type: 'boolean', default: false } }, allowPositionals: true })
  const [file = BASELINE] = positionals
  const document = await referenceDocument()
  if (values.check) {
    const changes = compared(file, document)
    for (const change of changes) console.log(change)
    console.log(`${changes.length} breaking changes`)
    if (changes.length > 0) process.exitCode = 1
  } else {
    writeFileSync(file, `${JSON.stringify(document, null, 2)}\n`)
    console.log(`written: ${relative(process.cwd(), file)}`)
  }
}

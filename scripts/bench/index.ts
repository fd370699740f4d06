/**
 * Measures fastify-apikit beside others: `npm run bench -- [options] [T2 T9 …]`. README.md describes the method and the options.
 *
 * @module
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { type Arguments, helpOn, isForHelp, parseArguments } from './arguments.ts'
import type { Bar } from './bar.ts'
import { byHand } from './bars/by-hand.ts'
import { database } from './bars/database.ts'
import { openApi } from './bars/document.ts'
import { besideFastApi } from './bars/fast-api.ts'
import { growth } from './bars/growth.ts'
import { jsonLines } from './bars/json-lines.ts'
import { jsonWebToken } from './bars/json-web-token.ts'
import { refusal } from './bars/refusal.ts'
import { inserts, related } from './bars/rows.ts'
import { startMemory, startTime } from './bars/start.ts'
import { telemetry } from './bars/telemetry.ts'
import { tokens } from './bars/tokens.ts'
import { typeCheck } from './bars/type-check.ts'
import { typedGet } from './bars/typed-get.ts'
import { typedPost } from './bars/typed-post.ts'
import { workers } from './bars/workers.ts'
import { write } from './bars/write.ts'
import { type Result, shortfallsOf, tableOf } from './table.ts'

const BARS: readonly Bar[] = [
  typedGet,
  typedPost,
  besideFastApi,
  byHand,
  startTime,
  startMemory,
  database,
  openApi,
  refusal,
  typeCheck,
  growth,
  jsonLines,
  tokens,
  jsonWebToken,
  write,
  inserts,
  related,
  telemetry,
  workers
]

const METHOD = `Ratios are ours by theirs on one machine (Node ${process.versions.node}): means of pairs with their 95 % interval in brackets, or medians of pairs with their middle half in parentheses. \`npm run bench\` measures them anew. The [method](#method-of-a-duel) is above.`

const ids = BARS.map(({ id }) => id)
const args = process.argv.slice(2)
if (isForHelp(args)) {
  console.log(helpOn(BARS))
  process.exit(0)
}
const { bars, settings, readme: isForReadme } = parsed()

// What was measured before and is not measured now is kept.
const root = join(import.meta.dirname, '..', '..')
const file = join(root, 'bench-results.json')
const before: Result[] = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).results : []
const results = new Map(before.map(result => [result.id, result]))

const measured: Result[] = []
for (const bar of BARS) {
  if (!bars.includes(bar.id)) continue
  console.log(`${bar.id}  ${bar.title} …`)
  const result = { id: bar.id, title: bar.title, findings: await bar.run(settings) }
  measured.push(result)
  results.set(bar.id, result)
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length }
  writeFileSync(file, `${JSON.stringify({ machine, results: [...results.values()] }, null, 2)}\n`)
}

console.log(`\n${tableOf(measured)}\n`)
if (isForReadme) {
  const readme = join(root, 'scripts', 'bench', 'README.md')
  const all = ids.flatMap(id => results.get(id) ?? [])
  const figures = `${METHOD}\n\n${tableOf(all)}`
  writeFileSync(readme, readFileSync(readme, 'utf8').replace(/(?<=<!-- figures -->\n)[^]*(?=<!-- \/figures -->)/, () => `${figures}\n`))
}
const shortfalls = shortfallsOf(measured)
console.log(shortfalls.length === 0 ? 'Every goal is reached.' : `Short of its goal:\n${shortfalls.map(line => `- ${line}`).join('\n')}`)

/** Ends with 2 if the command is wrong. */
function parsed (): Arguments {
  try {
    return parseArguments(args, ids)
  } catch (error) {
    console.error(`${(error as Error).message}\nSee npm run bench -- --help.`)
    process.exit(2)
  }
}

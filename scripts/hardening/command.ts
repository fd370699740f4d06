/**
 * The command line of `npm run hardening`: which suites run, with which options, and what is said of them.
 *
 * @module
 */

import { parseArgs } from 'node:util'
import type { Option, Suite } from './suite.ts'

export type Suites = Readonly<Record<string, Suite>>

interface Turn {
  readonly name: string
  readonly suite: Suite
  readonly values: Readonly<Record<string, number | string | undefined>>
}

interface Outcome {
  readonly name: string
  readonly seconds: number
  readonly failures: readonly string[]
}

/** Where the text of the command goes. */
export interface Output {
  log (text: string): void
  error (text: string): void
}

class UsageError extends Error {}

const USAGE = `Usage: npm run hardening -- [SUITE [OPTION]...]...

Attacks running servers and reports every promise that does not hold.
Runs the named suites one after the other. Without a name, runs all of them.
Options apply to the suite they follow.

Exit code: 0 if everything holds, 1 if anything failed, 2 if the command is wrong.`

/**
 * Runs the command.
 *
 * @param args what stands after the name of the script
 * @returns the exit code: 0 if everything holds, 1 if anything failed, 2 if the command is wrong
 */
export async function main (args: readonly string[], suites: Suites, output: Output = console): Promise<number> {
  if (args.includes('--help') || args.includes('-h')) {
    output.log(help(suites))
    return 0
  }
  let turns: readonly Turn[]
  try {
    turns = turnsOf(args, suites)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    output.error(`${error.message}\nSee npm run hardening -- --help.`)
    return 2
  }
  const outcomes: Outcome[] = []
  for (const turn of turns) outcomes.push(await run(turn, output))
  output.log(summary(outcomes))
  return outcomes.some(({ failures }) => failures.length > 0) ? 1 : 0
}

function help (suites: Suites): string {
  const lines = Object.entries(suites).flatMap(([name, { about, options }]) => [
    `  ${name.padEnd(14)}${about}`,
    ...Object.entries(options).map(([option, declared]) => `    ${`--${option} ${placeholder(declared)}`.padEnd(26)}${declared.about}${defaultOf(declared)}`)
  ])
  return [USAGE, '', 'Suites:', ...lines, '', 'Options:', '  --help, -h    Prints this text.'].join('\n')
}

function placeholder (option: Option): string {
  if ('text' in option) return option.text
  return 'choices' in option ? option.choices.join('|') : 'N'
}

function defaultOf (option: Option): string {
  return 'default' in option ? ` (default: ${option.default})` : ''
}

/** Each suite takes what follows its name, up to the next name. */
function turnsOf (args: readonly string[], suites: Suites): Turn[] {
  const chosen: Array<{ name: string, suite: Suite, given: string[] }> = []
  for (const arg of args) {
    const suite = Object.hasOwn(suites, arg) ? suites[arg] : undefined
    if (suite !== undefined) chosen.push({ name: arg, suite, given: [] })
    else if (chosen.length > 0) chosen.at(-1)?.given.push(arg)
    else if (arg.startsWith('-')) throw new UsageError(`${arg}: name the suite before its options.`)
    else throw unknownSuite(arg, suites)
  }
  if (chosen.length === 0) for (const [name, suite] of Object.entries(suites)) chosen.push({ name, suite, given: [] })
  return chosen.map(({ name, suite, given }) => {
    const options = Object.fromEntries(Object.keys(suite.options).map(option => [option, { type: 'string' as const }]))
    const { values, positionals: [stray] } = parseArgs({ args: given, options, allowPositionals: true, strict: false })
    const unknown = Object.keys(values).find(option => !Object.hasOwn(suite.options, option))
    if (unknown !== undefined) throw new UsageError(`${name}: unknown option --${unknown}. Options: ${Object.keys(suite.options).map(option => `--${option}`).join(', ') || 'none'}.`)
    if (stray !== undefined) throw unknownSuite(stray, suites)
    const read = Object.entries(suite.options).map(([option, declared]) => [option, valueOf(`${name}: --${option}`, declared, values[option])])
    return { name, suite, values: Object.fromEntries(read) }
  })
}

function unknownSuite (name: string, suites: Suites): UsageError {
  return new UsageError(`Unknown suite "${name}". Suites: ${Object.keys(suites).join(', ')}.`)
}

/** @param given `true` for an option without a value */
function valueOf (where: string, option: Option, given: string | boolean | undefined): number | string | undefined {
  if ('text' in option) {
    if (typeof given !== 'boolean') return given
    throw new UsageError(`${where} must have a value: ${where.split(' ').at(-1)} ${option.text}.`)
  }
  if ('choices' in option) {
    if (given === undefined || option.choices.includes(String(given))) return given?.toString()
    throw new UsageError(`${where} must be ${option.choices.join(' or ')}, got ${given === true ? 'no value' : `"${given}"`}.`)
  }
  if (given === undefined) return option.default
  if (/^\d+$/.test(String(given))) return Number(given)
  throw new UsageError(`${where} must be a whole number ≥ 0, got ${given === true ? 'no value' : `"${given}"`}.`)
}

/** A suite that breaks off has failed; those behind it still run. */
async function run ({ name, suite, values }: Turn, output: Output): Promise<Outcome> {
  output.log(`\n## ${name}\n`)
  const start = performance.now()
  const failures = await suite.run(values).catch((error: unknown) => [`stopped by ${error instanceof Error ? error.stack : String(error)}`])
  return { name, failures, seconds: (performance.now() - start) / 1000 }
}

function summary (outcomes: readonly Outcome[]): string {
  const rows = outcomes.map(({ name, failures: { length }, seconds }) => `| ${name} | ${length === 0 ? 'ok' : `${length} failed`} | ${seconds.toFixed(0)} |`)
  const failures = outcomes.flatMap(({ name, failures }) => failures.map(failure => `- ${name}: ${failure}`))
  return ['\n## Summary\n', '| Suite | Result | Seconds |', '| --- | --- | --- |', ...rows, '', ...failures.length === 0 ? ['Everything holds.'] : ['Failed:', ...failures]].join('\n')
}

/**
 * A command: what it takes, its help, and how its arguments are read.
 *
 * @module
 */

import { parseArgs } from 'node:util'
import { UsageError } from './failures.ts'

export interface Option {
  readonly type: 'boolean' | 'string'
  readonly short?: string
  /** Stands for the value in the help. */
  readonly value?: string
  readonly description: string
}

export type Options = Readonly<Record<string, Option>>

/** Where a command runs, and where its words go. */
export interface Io {
  /** Folder of the project. */
  readonly cwd: string
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** An option as it was written. */
export interface Written {
  readonly name: string
  readonly value: string | undefined
}

export interface Input<O extends Options> {
  readonly values: { readonly [name in keyof O]?: O[name]['type'] extends 'boolean' ? boolean : string }
  readonly positionals: readonly string[]
  /** The options in their order. */
  readonly written: readonly Written[]
  /** What stands behind `--`. Only for a command with `passesOn`. */
  readonly rest: readonly string[]
}

export interface CommandSpec<O extends Options> {
  /** One line for the list of commands. */
  readonly summary: string
  /** The arguments behind the name: `[FILE]`. */
  readonly takes: string
  /** How many of them at most. */
  readonly most?: number
  /** What the summary does not say. */
  readonly details: string
  readonly options: O
  /** Hands on what stands behind `--`. */
  readonly passesOn?: boolean
  /** Returns the exit code, or `undefined` when the process goes on: a server. */
  readonly run: (input: Input<O>, io: Io) => Promise<number | undefined>
}

export interface Command extends Omit<CommandSpec<Options>, 'run'> {
  readonly run: (args: readonly string[], io: Io) => Promise<number | undefined>
}

/** Names of files are the same for all commands. */
export const APP_OPTION = { app: { type: 'string', value: 'FILE', description: 'File of the app. Default: app.ts, app.js … of this folder or of src/, then "main" of package.json.' } } as const satisfies Options

/** Makes a command of its description. */
export function command<const O extends Options> (spec: CommandSpec<O>): Command {
  return { ...spec, run: async (args, io) => await spec.run(read(spec, args), io) }
}

function read<O extends Options> ({ options, most = 0, passesOn = false }: CommandSpec<O>, args: readonly string[]): Input<O> {
  const end = passesOn && args.includes('--') ? args.indexOf('--') : args.length
  const { values, positionals, tokens } = parsed(options, args.slice(0, end))
  if (positionals.includes('')) throw new UsageError('An argument is empty')
  if (positionals.length > most) throw new UsageError(`Unexpected argument "${positionals[most]}"`)
  const written = tokens.flatMap(token => token.kind === 'option' ? [{ name: token.name, value: token.value }] : [])
  const empty = written.find(({ value }) => value === '')
  if (empty !== undefined) throw new UsageError(`Option '--${empty.name} <value>' argument missing`)
  return { values: values as Input<O>['values'], positionals, written, rest: args.slice(end + 1) }
}

function parsed (options: Options, args: string[]) {
  try {
    // With the option for help, which stands by itself: --help=3 does not.
    return parseArgs({ args, options: { ...options, help: { type: 'boolean', short: 'h' } }, allowPositionals: true, tokens: true })
  } catch (error) {
    // Node's first sentence says it all.
    throw new UsageError(String(Object(error).message).split(/\.\s/)[0])
  }
}

/** Returns the line that says how a command is written. */
export function usageOf (name: string, { takes }: Command): string {
  return `usage: fastify-apikit ${name} ${takes} [OPTIONS]`
}

/** Returns the help of a command. */
export function helpOf (name: string, command: Command): string {
  const { summary, details, options } = command
  const rows = Object.entries(options).map(([name, { short, value, description }]) =>
    [`${short === undefined ? '   ' : `-${short},`} --${name}${value === undefined ? '' : ` ${value}`}`, description] as const)
  return `${[summary, usageOf(name, command), details, columns([...rows, ['-h, --help', 'Show this help.']])].join('\n\n')}\n`
}

/** Returns rows as indented columns. */
export function columns (rows: ReadonlyArray<readonly string[]>): string {
  const width = (column: number): number => Math.max(...rows.map(row => String(row[column]).length))
  return rows.map(row => `  ${row.map((cell, column) => cell.padEnd(width(column))).join('  ')}`.trimEnd()).join('\n')
}

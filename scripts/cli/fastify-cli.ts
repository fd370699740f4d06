/**
 * fastify-cli, by which an app starts: what it takes, and how it is called.
 *
 * @module
 * @see https://github.com/fastify/fastify-cli#start
 */

import { createRequire } from 'node:module'
import { relative } from 'node:path'
import { findApp } from './app-file.ts'
import { APP_OPTION, type Input, type Io, type Options } from './command.ts'
import { Failure } from './failures.ts'
import { checkServerValues } from './server-values.ts'

/** Its options for `fastify start`. Those that are on here by default are missing: --options, --watch. */
export const START_OPTIONS = {
  port: { type: 'string', short: 'p', value: 'PORT', description: 'Port to listen on. Default: $PORT or 3000.' },
  address: { type: 'string', short: 'a', value: 'ADDRESS', description: 'Address to listen on. Default: localhost, in a container 0.0.0.0.' },
  socket: { type: 'string', short: 's', value: 'PATH', description: 'Socket to listen on.' },
  'log-level': { type: 'string', short: 'l', value: 'LEVEL', description: 'Default: info.' },
  'close-grace-delay': { type: 'string', short: 'g', value: 'MS', description: 'Milliseconds that running requests have to end after SIGTERM. Default: 30000.' },
  'plugin-timeout': { type: 'string', short: 'T', value: 'MS', description: 'Milliseconds that a plugin may take to load. Default: 10000.' },
  'body-limit': { type: 'string', value: 'BYTES', description: 'Maximum size of a body.' },
  prefix: { type: 'string', short: 'x', value: 'PREFIX', description: 'Prefix of all routes.' },
  'trust-proxy-enabled': { type: 'boolean', description: 'Trust all proxies.' },
  'trust-proxy-ips': { type: 'string', value: 'IPS', description: 'Trust these proxies.' },
  'trust-proxy-hop': { type: 'string', value: 'N', description: 'Trust the nearest N proxies.' },
  'logging-module': { type: 'string', short: 'L', value: 'FILE', description: 'Module that exports the configuration of the logger.' },
  'pretty-logs': { type: 'boolean', short: 'P', description: 'Print logs for people.' },
  require: { type: 'string', short: 'r', value: 'MODULE', description: 'Module to load first.' },
  import: { type: 'string', short: 'i', value: 'MODULE', description: 'ES module to load first.' },
  config: { type: 'string', short: 'c', value: 'FILE', description: 'Module that exports these options.' },
  debug: { type: 'boolean', short: 'd', description: 'Open the inspector.' },
  'debug-port': { type: 'string', short: 'I', value: 'PORT', description: 'Port of the inspector. Default: 9320.' },
  'debug-host': { type: 'string', value: 'ADDRESS', description: 'Address of the inspector.' }
} as const satisfies Options

export const SERVER_OPTIONS = { ...APP_OPTION, ...START_OPTIONS } as const satisfies Options

/** Ours, unless the command line or fastify-cli's own variable in the environment says otherwise. */
const DEFAULTS = { 'log-level': 'info', 'close-grace-delay': '30000' }

/** Returns the value of an option that has a default here. */
export function serverDefault (values: { readonly [name in keyof typeof DEFAULTS]?: string }, name: keyof typeof DEFAULTS): string {
  return values[name] ?? process.env[variableOf(name)] ?? DEFAULTS[name]
}

function variableOf (name: string): string {
  return `FASTIFY_${name.toUpperCase().replaceAll('-', '_')}`
}

type ServerInput = Pick<Input<typeof SERVER_OPTIONS>, 'positionals' | 'values' | 'written' | 'rest'>

/** Returns the arguments of `fastify start`. */
export function startArguments ({ positionals: [named], values, written, rest }: ServerInput, { cwd }: Io): string[] {
  const file = findApp(cwd, named ?? values.app)
  checkServerValues(values, cwd)
  const handedOn = written.filter(({ name }) => Object.hasOwn(START_OPTIONS, name))
  const defaults = Object.entries(DEFAULTS).filter(([name]) =>
    values[name as keyof typeof DEFAULTS] === undefined && process.env[variableOf(name)] === undefined)
  // Without a scope around it, the app answers unknown paths. With a prefix it is one, which has a 404 of its own.
  const isScope = values.prefix !== undefined || values.config !== undefined || process.env.FASTIFY_PREFIX !== undefined
  const own = isScope ? rest : ['--skipOverride=true', ...rest]
  return [
    '--options',
    ...defaults.map(([name, value]) => `--${name}=${value}`),
    ...handedOn.map(({ name, value }) => value === undefined ? `--${name}` : `--${name}=${value}`),
    relative(cwd, file),
    ...own.length === 0 ? [] : ['--', ...own]
  ]
}

/** What is called of fastify-cli. */
interface FastifyCli {
  /** Starts the app in this process. */
  readonly cli: (args: readonly string[]) => void
  /** Runs the app in a process of its own, which is replaced when a file changes. */
  readonly watch: (args: readonly string[], ignored: string, isVerbose: boolean | undefined, followed: string) => { readonly stop: () => void }
}

/**
 * Loads the fastify-cli of the project.
 *
 * @throws Failure when it is not installed
 */
export function loadFastifyCli ({ cwd }: Io): FastifyCli {
  const require = createRequire(`${cwd}/package.json`)
  try {
    return { cli: require('fastify-cli/start.js').cli, watch: require('fastify-cli/lib/watch/index.js') }
  } catch (error) {
    throw new Failure(`fastify-cli cannot be loaded: ${String(Object(error).message).split('\n')[0]}. Install it: npm install fastify-cli.`)
  }
}

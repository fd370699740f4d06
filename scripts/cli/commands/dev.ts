import { command } from '../command.ts'
import { UsageError } from '../failures.ts'
import { loadFastifyCli, SERVER_OPTIONS, startArguments } from '../fastify-cli.ts'

/**
 * What the app and its tools write. The patterns are matched against paths relative to the project: a folder `data` above
 * it, or a route called `blogs`, is not meant.
 */
const IGNORED = [
  '^(node_modules|dist|build|data|uploads|coverage|logs|tmp)(/|$)',
  '(^|/)node_modules(/|$)',
  '^\\.(?!env)[^/]+', // .git, .tap, caches; not .env
  '\\.(log|db|sqlite3?|tsbuildinfo|swp)$',
  '-(wal|shm|journal)$', // beside a file of SQLite, whatever that is called
  '~$'
]

export const dev = command({
  summary: 'Starts the app, and restarts it when one of its files changes.',
  takes: '[FILE]',
  most: 1,
  details: 'Watches the folder of the project. Not watched is what the app and its tools write: data/, uploads/, logs/, tmp/, coverage/, dist/, build/,\nnode_modules/, databases (*.db, *.sqlite), *.log, and names that begin with a dot, except .env.\nWhat stands behind -- are options of the app itself.',
  options: {
    'ignore-watch': { type: 'string', value: 'PATTERNS', description: 'Regular expressions, separated by spaces, for more paths that are not watched: "^cache(/|$)".' },
    'verbose-watch': { type: 'boolean', short: 'V', description: 'Print which file has changed.' },
    ...SERVER_OPTIONS
  },
  passesOn: true,
  run: async (input, io) => {
    const { 'ignore-watch': more = '', 'verbose-watch': isVerbose } = input.values
    checkPatterns(more)
    const args = startArguments(input, io)
    const { stop } = loadFastifyCli(io).watch(args, [...IGNORED, more].join(' '), isVerbose, '.')
    // Without it the process of the app would outlive this one.
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { stop() })
    return undefined
  }
})

/** @throws UsageError when one is no regular expression */
function checkPatterns (patterns: string): void {
  for (const pattern of patterns.split(' ')) {
    try {
      RegExp(pattern)
    } catch (error) {
      throw new UsageError(`--ignore-watch: ${Object(error).message}`)
    }
  }
}

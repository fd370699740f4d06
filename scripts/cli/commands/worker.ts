import type { FastifyInstance } from 'fastify'
import { openApp, scopeOf } from '../app.ts'
import { APP_OPTION, command } from '../command.ts'
import { checkLevel } from '../server-values.ts'

export const worker = command({
  summary: 'Runs the tasks of the app in a process of its own, without listening.',
  takes: '[FILE]',
  most: 1,
  details: 'Tasks run here whatever the option "work" of fastify-apikit/tasks says. Set it to false where the app listens.\nOn SIGTERM and SIGINT it takes no new task, and ends when those that run are done. A second signal ends it at once.',
  options: {
    'log-level': { type: 'string', short: 'l', value: 'LEVEL', description: 'Default: $LOG_LEVEL or info.' },
    ...APP_OPTION
  },
  run: async ({ positionals: [file], values }, io) => {
    const level = values['log-level'] ?? process.env.LOG_LEVEL ?? 'info'
    checkLevel(level)
    const server = await openApp(io, { app: file ?? values.app, purpose: 'work', logger: { level } })
    scopeOf(server, 'tasks')
    await server.ready()
    server.log.info('The worker is ready')
    closeOnSignals(server)
    return undefined
  }
})

function closeOnSignals (server: FastifyInstance): void {
  let isClosing = false
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (isClosing) process.exit(1)
      isClosing = true
      server.log.info(`${signal}: no new tasks`)
      server.close().then(() => { process.exit(0) }, error => {
        server.log.error({ err: error }, 'The worker could not be closed')
        process.exit(1)
      })
    })
  }
}

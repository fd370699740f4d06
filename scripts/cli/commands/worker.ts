import { createRequire } from 'node:module'
import type { FastifyInstance } from 'fastify'
import { healthRoutes } from '../../../plugins/health/index.ts'
import { openApp, scopeOf } from '../app.ts'
import { findApp } from '../app-file.ts'
import { APP_OPTION, command } from '../command.ts'
import { UsageError } from '../failures.ts'
import { checkLevel, checkServerValues } from '../server-values.ts'

export const worker = command({
  summary: 'Runs the tasks of the app in a process of its own, without listening.',
  takes: '[FILE]',
  most: 1,
  details: 'Tasks run here whatever the option "work" of fastify-apikit/tasks says. Set it to false where the app listens.\nOn SIGTERM and SIGINT it takes no new task, and ends when those that run are done. A second signal ends it at once.',
  options: {
    'log-level': { type: 'string', short: 'l', value: 'LEVEL', description: 'Default: $LOG_LEVEL or info.' },
    'health-port': { type: 'string', value: 'PORT', description: 'Answer /health/live and /health/ready on this port. Needs fastify-apikit/health in the app.' },
    'health-address': { type: 'string', value: 'ADDRESS', description: 'Address for it. Default: 127.0.0.1.' },
    ...APP_OPTION
  },
  run: async ({ positionals: [file], values }, io) => {
    const level = values['log-level'] ?? process.env.LOG_LEVEL ?? 'info'
    checkLevel(level)
    const { 'health-port': port, 'health-address': host = '127.0.0.1' } = values
    checkServerValues({ 'health-port': port }, io.cwd)
    if (port === undefined && values['health-address'] !== undefined) throw new UsageError('--health-address needs --health-port')
    const app = file ?? values.app
    const server = await openApp(io, { app, purpose: 'work', logger: { level } })
    scopeOf(server, 'tasks')
    if (port !== undefined) {
      const probes = await probesOf(server, findApp(io.cwd, app))
      // Never closed: until the process ends, whoever asks is told that it drains.
      await probes.listen({ host, port: Number(port) })
      server.log.info(`Health: ${probes.listeningOrigin}/health/ready`)
    }
    await server.ready()
    server.log.info('The worker is ready')
    closeOnSignals(server)
    return undefined
  }
})

/** A server of its own, by the Fastify of the app: the routes of the app are not served. */
async function probesOf (server: FastifyInstance, file: string): Promise<FastifyInstance> {
  const { health } = scopeOf(server, 'health')
  const Fastify: () => FastifyInstance = createRequire(file)('fastify')
  const probes = Fastify()
  await probes.register(healthRoutes(health))
  return probes
}

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

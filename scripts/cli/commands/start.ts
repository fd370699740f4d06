import cluster from 'node:cluster'
import { endWithNpm } from '../../../plugins/core/http/npm-parent.ts'
import { findApp } from '../app-file.ts'
import { command } from '../command.ts'
import { UsageError } from '../failures.ts'
import { loadFastifyCli, serverDefault, SERVER_OPTIONS, startArguments } from '../fastify-cli.ts'
import { drainAlone, joinWorkers } from '../workers/member.ts'
import { startWorkers, workerCount } from '../workers/primary.ts'

export const start = command({
  summary: 'Starts the app.',
  takes: '[FILE]',
  most: 1,
  details: 'Starts the app by fastify-cli, in this process or in several. On SIGTERM and SIGINT it takes no new request, answers those that run, and ends.\nWith several processes, SIGHUP replaces them one after the other, without a request that fails: for a new version of the app.\nWhat stands behind -- are options of the app itself.',
  options: {
    workers: { type: 'string', value: 'N', description: 'Number of processes, or auto: one for each core. Default: 1.' },
    ...SERVER_OPTIONS
  },
  passesOn: true,
  run: async (input, io) => {
    const { values, positionals: [named] } = input
    const count = workerCount(values.workers ?? '1')
    if (count > 1 && values.debug === true) throw new UsageError('--debug needs a single process: leave --workers out')
    const args = startArguments(input, io)
    const { cli } = loadFastifyCli(io)
    if (count > 1 && cluster.isPrimary) {
      endWithNpm()
      return await startWorkers({
        file: findApp(io.cwd, named ?? values.app),
        count,
        level: serverDefault(values, 'log-level'),
        isPretty: values['pretty-logs'] === true,
        closeGraceDelay: Number(serverDefault(values, 'close-grace-delay'))
      })
    }
    if (count > 1) {
      joinWorkers()
    } else {
      endWithNpm()
      drainAlone()
    }
    cli(args)
    return undefined
  }
})

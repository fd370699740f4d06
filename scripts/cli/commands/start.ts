import { command } from '../command.ts'
import { UsageError } from '../failures.ts'
import { loadFastifyCli, SERVER_OPTIONS, startArguments } from '../fastify-cli.ts'

export const start = command({
  summary: 'Starts the app.',
  takes: '[FILE]',
  most: 1,
  details: 'Starts the app by fastify-cli, in this process. On SIGTERM and SIGINT it takes no new request, answers those that run, and ends.\nWhat stands behind -- are options of the app itself.',
  options: {
    workers: { type: 'string', value: 'N', description: 'Number of processes. Only 1 is supported.' },
    ...SERVER_OPTIONS
  },
  passesOn: true,
  run: async (input, io) => {
    const { workers = '1' } = input.values
    if (!/^[1-9]\d*$/.test(workers)) throw new UsageError(`--workers must be a whole number from 1 on, got "${workers}"`)
    if (workers !== '1') throw new UsageError(`--workers ${workers} is not supported yet: an app runs in one process. Start it several times, on other ports, behind a load balancer`)
    const args = startArguments(input, io)
    loadFastifyCli(io).cli(args)
    return undefined
  }
})

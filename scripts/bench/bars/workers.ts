import { join } from 'node:path'
import { good } from '../apps/typed-post/load.ts'
import type { Bar } from '../bar.ts'
import { ask, stop } from '../child.ts'
import { startDriver } from '../contestant.ts'
import type { Drive } from '../driver.ts'
import { estimateOf } from '../estimate.ts'
import { median } from '../ratio.ts'
import { StartedCommand } from '../started-command.ts'

const WORKERS = 2
const [WARM_UP, REQUESTS, SLICES] = [64_000, 48_000, 6]

const file = join(import.meta.dirname, '..', 'apps', 'workers', 'app.ts')

/**
 * Microseconds that the server is busy for each request, if it has a core for each worker and load enough: as long as its busiest
 * worker is, and no less than its share of all CPU time, that of the primary included.
 */
async function busyFor (server: StartedCommand, drive: () => Promise<unknown>): Promise<number> {
  const before = server.cpu()
  await drive()
  const after = server.cpu()
  const workers = after.workers.map((cpu, index) => cpu - (before.workers[index] ?? 0))
  const all = workers.reduce((sum, cpu) => sum + cpu, after.primary - before.primary)
  return Math.max(...workers, all / workers.length) / REQUESTS
}

/** @returns microseconds of each slice, of one process and of the workers */
async function pair (driver: Awaited<ReturnType<typeof startDriver>>): Promise<readonly [number, number]> {
  const servers = [await StartedCommand.start(file, 1), await StartedCommand.start(file, WORKERS)] as const
  try {
    const drive = ({ port }: StartedCommand, requests: number) => async (): Promise<unknown> => ask(driver, { port, load: good, requests } satisfies Drive)
    for (const server of servers) await drive(server, WARM_UP * (server === servers[1] ? WORKERS : 1))()
    const busy: [number[], number[]] = [[], []]
    for (let slice = 0; slice < SLICES; slice++) {
      for (const side of slice % 2 === 0 ? [0, 1] as const : [1, 0] as const) busy[side].push(await busyFor(servers[side], drive(servers[side], REQUESTS)))
    }
    return [median(busy[0]), median(busy[1])]
  } finally {
    for (const server of servers) await server.stop()
  }
}

export const workers: Bar = {
  id: 'T18',
  title: `The POST of T2: start --workers ${WORKERS} beside one process`,
  async run ({ pairs = 5 }) {
    // On any core: on two, the servers need both.
    const driver = await startDriver(undefined)
    const measured: Array<readonly [number, number]> = []
    try {
      for (let index = 0; index < pairs; index++) measured.push(await pair(driver))
    } finally {
      await stop(driver)
    }
    const speeds = ([0, 1] as const).map(side => Math.round(1e6 / median(measured.map(busy => busy[side]))).toLocaleString('en'))
    return [{
      what: 'requests per second of the CPU time',
      beside: 'one process',
      estimate: estimateOf(measured.map(([one, several]) => one / several)),
      goal: { atLeast: 1.7 },
      note: `${speeds[1]} / ${speeds[0]} requests/s`
    }]
  }
}

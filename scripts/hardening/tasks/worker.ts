/**
 * A process that runs tasks until it is told to stop, or adds some: `node worker.ts <place as JSON> [from] [to]`.
 *
 * @module
 */

import { note, open, type Place } from './app.ts'

const [, , place = '', from, to] = process.argv
const adds = from !== undefined
const app = await open(JSON.parse(place) as Place, !adds)
process.send?.('ready')
process.on('SIGTERM', () => { app.close().then(() => { process.exit(0) }, () => { process.exit(1) }) })
if (adds) {
  for (let number = Number(from); number < Number(to); number++) await app.tasks.add(note, { number })
  await app.close()
  process.exit(0)
}

import type { Bar } from '../bar.ts'
import { page, variant as get } from '../apps/typed-get/load.ts'
import { good, variant as post } from '../apps/typed-post/load.ts'
import { fastApi, installFastApi } from '../competitors.ts'
import { race } from '../race.ts'

export const besideFastApi: Bar = {
  id: 'T3',
  title: 'the GET of T1 and the POST of T2 beside FastAPI (uvicorn, one worker, uvloop, httptools)',
  async run (settings) {
    installFastApi()
    const goal = { atLeast: 8 }
    return [
      ...await race({ what: 'typed GET', load: page, ours: { name: 'fastify-apikit', module: get('apikit') }, others: [{ ...fastApi, goal }] }, settings),
      ...await race({ what: 'typed POST', load: good, ours: { name: 'fastify-apikit', module: post('apikit') }, others: [{ ...fastApi, goal }] }, settings)
    ]
  }
}

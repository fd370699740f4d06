import timing from '../../../../plugins/timing/index.ts'
import { parityApp } from '../app.ts'

export default parityApp(async app => {
  await app.register(timing)
})

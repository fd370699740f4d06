import telemetry from '../../../../plugins/telemetry/index.ts'
import { listening } from '../listening.ts'
import { build as plain } from '../typed-post/apikit.ts'
import { startSdk } from './sdk.ts'

/** The sampler of the SDK takes 1 in 100. */
export const build = () => plain(app => app.register(telemetry, { tracerProvider: startSdk(0.01) }))

export default async (): Promise<number> => listening(await build())

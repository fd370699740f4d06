import telemetry from '../../../../plugins/telemetry/index.ts'
import { listening } from '../listening.ts'
import { build as plain } from '../database/apikit.ts'
import { startSdk } from './sdk.ts'

/** The SDK hears of 1 in 100, and takes all of these. */
export const build = () => plain(app => app.register(telemetry, { tracerProvider: startSdk(1), ratio: 0.01 }))

export default async (): Promise<number> => listening(await build())

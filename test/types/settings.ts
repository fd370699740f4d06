// Compiled, never run.
import { Type } from '@sinclair/typebox'
import Fastify from 'fastify'
import settings from '../../plugins/settings/index.ts'
import type {} from '../../app.ts' // fills in Settings

const app = Fastify()
app.register(settings, { schema: Type.Object({ a: Type.String({ secret: true }) }), envFile: null, envPrefix: 'SHOP_' })
// @ts-expect-error -- the schema is needed
app.register(settings, { envFile: null })
// @ts-expect-error -- and is one of an object
app.register(settings, { schema: Type.String() })

export const header: string = app.settings.timing.header
// @ts-expect-error -- settings are read, not written
app.settings.timing = { header: 'x', digits: 1, serverTiming: true }
// @ts-expect-error -- there is no such setting
export const none = app.settings.nothing

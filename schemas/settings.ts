import { type Static, Type } from '@sinclair/typebox'
import { DbOptions } from '../plugins/db/index.ts'
import { DocsOptions } from '../plugins/docs/index.ts'
import { FormsOptions } from '../plugins/forms/index.ts'
import { JwtOptions } from '../plugins/jwt/index.ts'
import { ResponseModelOptions } from '../plugins/response-model/index.ts'
import { ResponsesOptions } from '../plugins/responses/index.ts'
import { TimingOptions } from '../plugins/timing/index.ts'
import { ValidationOptions } from '../plugins/validation/index.ts'

/** The settings of the reference app: a field for each plugin that has options. */
export const AppSettings = Type.Object({
  databaseUrl: DbOptions.properties.url,
  db: Type.Object({ ...Type.Omit(DbOptions, ['url', 'tables', 'migrations', 'migrate']).properties, migrate: Type.Boolean({ ...DbOptions.properties.migrate, default: true }) }),
  docs: Type.Omit(DocsOptions, ['generateUniqueId', 'transform', 'webhooks']),
  forms: FormsOptions,
  jwt: Type.Omit(JwtOptions, ['isRevoked']),
  responseModel: ResponseModelOptions,
  responses: ResponsesOptions,
  timing: TimingOptions,
  validation: Type.Omit(ValidationOptions, ['ajv'])
})
export type AppSettings = Static<typeof AppSettings>

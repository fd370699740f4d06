import { type Static, Type } from '@sinclair/typebox'
import { TimingOptions } from '../plugins/timing/index.ts'
import { ValidationOptions } from '../plugins/validation/index.ts'

/** The settings of the reference app: a field for each plugin that has options. */
export const AppSettings = Type.Object({
  timing: TimingOptions,
  validation: Type.Omit(ValidationOptions, ['ajv'])
})
export type AppSettings = Static<typeof AppSettings>

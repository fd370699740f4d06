import { Ajv, type ErrorObject } from 'ajv'
import formats from 'ajv-formats'
import { isSecret, type Path, type Schema, schemasAt } from './schema.ts'

/** A problem of one setting. */
export interface Problem {
  readonly path: Path
  /** `undefined` if the setting is missing. */
  readonly value: unknown
  readonly message: string
  readonly description: string | undefined
  readonly secret: boolean
}

const HINTS: Readonly<Record<string, string>> = {
  boolean: 'must be true or false (or 1, 0, yes, no, on, off)',
  array: 'must be a list: a,b or ["a","b"]',
  object: 'must be an object, as JSON'
}

/** Adds the defaults to `value`, and returns its problems, one for each setting. */
export function check (schema: Schema, value: object): Problem[] {
  const ajv = new Ajv({ allErrors: true, useDefaults: true, strict: false, logger: false })
  formats.default(ajv)
  if (ajv.validate(schema, value)) return []

  const byPath = new Map<string, ErrorObject[]>()
  for (const error of ajv.errors as ErrorObject[]) {
    // "must match a schema in anyOf" adds nothing to the errors of the members.
    if (error.keyword === 'anyOf') continue
    const key = JSON.stringify(pathOf(error))
    byPath.set(key, [...byPath.get(key) ?? [], error])
  }
  return [...byPath].map(([key, errors]) => {
    const path: Path = JSON.parse(key)
    const schemas = schemasAt(schema, path)
    return {
      path,
      value: path.reduce<unknown>((at, part) => Object(at)[part], value),
      message: [...new Set(errors.map(describe))].join(' or '),
      description: schemas.at(-1)?.description,
      secret: schemas.some(isSecret)
    }
  })
}

function pathOf ({ instancePath, params }: ErrorObject): string[] {
  const path = instancePath.split('/').slice(1).map(part => part.replaceAll('~1', '/').replaceAll('~0', '~'))
  const { missingProperty, additionalProperty } = params
  return [...path, ...[missingProperty, additionalProperty].filter(name => name !== undefined)]
}

function describe ({ keyword, message = '', params }: ErrorObject): string {
  if (keyword === 'additionalProperties') return 'is not a setting'
  if (keyword === 'required') return 'is not set'
  if (keyword === 'enum') return `must be one of ${params.allowedValues.join(', ')}`
  if (keyword === 'const') return `must be ${params.allowedValue}`
  return keyword === 'type' ? HINTS[params.type] ?? message : message
}

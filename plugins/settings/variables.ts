import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { coerce } from './coerce.ts'
import { APIKIT_ERR_SETTINGS } from './errors.ts'
import { type Group, isGroup, type Path } from './schema.ts'

/** A variable that is set. */
export interface Variable {
  /** The name as it is written there. Names are compared case-insensitively. */
  readonly name: string
  readonly text: string
  readonly source: string
}

/** All variables that are set, by name in upper case. */
export type Variables = ReadonlyMap<string, Variable>

/** Reads the file, if it exists, and the environment, which overrides it. */
export function readVariables (env: Readonly<Record<string, string | undefined>>, file: string | null): Variables {
  const variables = new Map<string, Variable>()
  const add = (source: string, values: typeof env) => {
    for (const [name, text] of Object.entries(values)) {
      if (text !== undefined) variables.set(name.toUpperCase(), { name, text, source })
    }
  }
  if (file !== null) add(file, parseFile(file))
  add('environment', env)
  return variables
}

function parseFile (file: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return {}
    throw new APIKIT_ERR_SETTINGS(`cannot read ${file}: ${message}`)
  }
}

/** Returns the variable of a setting: `timing.serverTiming` is `TIMING__SERVER_TIMING`. */
export function nameOf (prefix: string, path: Path): string {
  const words = (part: string) => part.replace(/([a-z\d])([A-Z])|([A-Z])(?=[A-Z][a-z])/g, '$1$3_$2').replaceAll('-', '_')
  return `${prefix}${path.map(words).join('__')}`.toUpperCase()
}

/** Returns the variables in the structure of the schema. */
export function gather (schema: Group, variables: Variables, prefix: string, path: Path = []): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [key, property] of Object.entries(schema.properties)) {
    const at = [...path, key]
    const text = variables.get(nameOf(prefix, at))?.text
    let value = text === undefined ? undefined : coerce(property, text)
    if (isGroup(property)) {
      const fields = gather(property, variables, prefix, at)
      if (Object.keys(fields).length > 0) value = merge(value, fields)
      // An empty group still has required fields and defaults.
      if (value === undefined && schema.required?.includes(key)) value = property.default ?? {}
      else if (value !== undefined) value = merge(property.default, value)
    }
    if (value !== undefined) values[key] = value
  }
  return values
}

/** Returns the variables in a group of the schema that match no setting: `TIMING__HEDER`. */
export function strangers (schema: Group, variables: Variables, prefix: string, path: Path = []): Array<[Variable, known: string[]]> {
  const found: Array<[Variable, string[]]> = []
  for (const [key, property] of Object.entries(schema.properties)) {
    const at = [...path, key]
    if (!isGroup(property) || property.additionalProperties === true) continue
    found.push(...strangers(property, variables, prefix, at))

    const group = `${nameOf(prefix, at)}__`
    const known = Object.keys(property.properties).map(field => nameOf(prefix, [...at, field]))
    for (const [name, variable] of variables) {
      if (name.startsWith(group) && !known.some(field => name === field || name.startsWith(`${field}__`))) found.push([variable, known])
    }
  }
  return found
}

/** Merges objects field by field. */
export function merge (below: unknown, above: unknown): unknown {
  if (!isObject(below) || !isObject(above)) return above === undefined ? below : above
  const merged: Record<string, unknown> = { ...below }
  for (const [key, value] of Object.entries(above)) merged[key] = merge(merged[key], value)
  return merged
}

function isObject (value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

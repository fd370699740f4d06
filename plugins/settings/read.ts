/**
 * Reads settings from the environment and its file, and says what is wrong with them.
 *
 * @module
 */

import { check, type Problem } from './check.ts'
import { APIKIT_ERR_SETTINGS } from './errors.ts'
import type { ParsedOptions } from './options.ts'
import type { Path } from './schema.ts'
import { seal } from './seal.ts'
import { gather, merge, nameOf, readVariables, strangers, type Variables } from './variables.ts'

/**
 * @param warn is told of what was probably meant otherwise
 * @throws APIKIT_ERR_SETTINGS with one line for each setting
 */
export function read ({ schema, data, env = process.env, envFile, envPrefix }: ParsedOptions, warn: (text: string) => void): object {
  const variables = readVariables(env, envFile)
  const value = merge(gather(schema, variables, envPrefix), data) as object
  const problems = [
    ...check(schema, value).map(problem => describe(problem, variables, data, envPrefix)),
    ...strangers(schema, variables, envPrefix).map(([{ name, source }, known]) =>
      `${name} (${source}) is not a setting. Settings: ${known.join(', ')}`)
  ]
  if (problems.length > 0) throw new APIKIT_ERR_SETTINGS(`invalid settings:\n- ${problems.join('\n- ')}`)

  for (const { name, source, text } of variables.values()) {
    const reference = source === envFile ? referenceIn(text) : undefined
    if (reference !== undefined) warn(`${name} (${source}): ${reference} is not expanded`)
  }
  return seal(schema, value)
}

/** Syntax that python-dotenv and shells expand, and this plugin does not. */
function referenceIn (text: string): string | undefined {
  return /\$\{\w+\}/.exec(text)?.[0]
}

/** A hint why a value may differ from what was meant. */
function cause (text: string): string {
  if (text === '') return '. An empty value counts: remove the variable to use the default'
  const reference = referenceIn(text)
  return reference === undefined ? '' : `. ${reference} is not expanded`
}

function describe ({ path, value, message, description, secret }: Problem, variables: Variables, data: object, prefix: string): string {
  const hint = description === undefined ? '' : ` (${description})`
  const { variable, asked } = variableOf(path, variables, prefix)
  if (value === undefined) return `${asked} ${message}${hint}. Set it in the environment or in the env file`

  const given = path.reduce<unknown>((at, part) => Object(at)[part], data) !== undefined
  const source = given ? `data.${path.join('.')}` : variable === undefined ? asked : `${variable.name} (${variable.source})`
  // Secrets are not shown, even invalid ones.
  return `${source}${secret ? '' : `, which is ${JSON.stringify(value)},`} ${message}${hint}${given || variable === undefined ? '' : cause(variable.text)}`
}

/** Returns the variable that has a setting, or its group as JSON, and the one to set. */
function variableOf (path: Path, variables: Variables, prefix: string) {
  const names = path.map((_part, index) => nameOf(prefix, path.slice(0, path.length - index)))
  return { asked: names[0], variable: names.map(name => variables.get(name)).find(found => found !== undefined) }
}

/**
 * `Shape` → parser: the meaning of every schema, and all its errors. Generated code (`codegen/`)
 * is faster where it says the same.
 *
 * @module
 */

import { exactIntegers } from './exact-integers.ts'
import { FAIL, type Parse } from './issue.ts'
import { arrayParser, type DictParsers, dictParser, setParser, tupleParser } from './parse-container.ts'
import { objectParser } from './parse-object.ts'
import { choiceParser, codecParser, jsonTextParser, numberParser, parseAny, parseBool, parseNull, stringParser } from './parse-scalar.ts'
import { label, taggedParser, unionParser } from './parse-union.ts'
import type { CheckedShape, Extras, RefinedShape, Shape } from './shape.ts'
import { recursive } from './trials.ts'

/** Checks a value parsed from a JSON string. May remove forbidden keys, or throw. */
export type Screen = (text: string, value: unknown) => void

/** Compiles shapes to parsers; one shape gives one parser, so that recursive shapes end. */
export class Parsers {
  readonly #parsers = new Map<Shape, Parse>()
  readonly #screen: Screen | undefined

  constructor (screen?: Screen) {
    this.#screen = screen
  }

  of (shape: Shape): Parse {
    const known = this.#parsers.get(shape)
    if (known !== undefined) return known
    const parse = this.#make(shape)
    this.#parsers.set(shape, parse)
    return parse
  }

  #make (shape: Shape): Parse {
    switch (shape.kind) {
      case 'any': return parseAny
      case 'null': return parseNull
      case 'boolean': return parseBool
      case 'integer': case 'number': return numberParser(shape)
      case 'string': return stringParser(shape)
      case 'literal': return choiceParser(shape)
      case 'codec': return codecParser(shape)
      case 'array': return arrayParser(shape, this.of(shape.items))
      case 'set': return setParser(shape, this.of(shape.items))
      case 'tuple': return tupleParser(shape, shape.items.map(item => this.of(item)))
      case 'dict': return dictParser(shape, this.#dict(shape.key, shape.value, shape.others))
      case 'object': return objectParser(shape, shape.fields.map(field => ({ ...field, parse: this.of(field.shape) })), this.#extra(shape.extras))
      case 'nullable': return nullableParser(this.of(shape.inner))
      case 'union': return unionParser(shape.members.map(member => ({ label: label(member), parse: this.of(member) })), shape.takesFirst === true ? undefined : shape.members, shape.takesFirst)
      case 'tagged': return taggedParser(shape, new Map([...shape.tags].map(([tag, member]) => [tag, this.of(member)])))
      case 'json-text': return jsonTextParser(this.of(shape.inner), this.#screen, exactIntegers(shape.inner))
      case 'refined': return refinedParser(shape, this.of(shape.inner))
      case 'checked': return checkedParser(shape, this.of(shape.inner))
      case 'ref': return recursive(shape.target, target => this.of(target))
    }
  }

  #extra (extras: Extras): Parse | undefined {
    return typeof extras === 'object' ? this.of(extras) : undefined
  }

  #dict (key: Shape | undefined, value: Shape, others: Extras): DictParsers {
    return {
      key: key && this.of(key),
      value: this.of(value),
      others: typeof others === 'object' ? this.of(others) : others
    }
  }
}

function nullableParser (inner: Parse): Parse {
  return (input, pass) => input === null ? null : inner(input, pass)
}

/**
 * Reports an error of the user's own function. FastAPI shows its message, and nothing else of it.
 * A TypeError or ReferenceError is a mistake in that function, not in the request.
 */
function refinedParser ({ refine }: RefinedShape, inner: Parse): Parse {
  return (input, pass) => {
    const value = inner(input, pass)
    if (value === FAIL) return FAIL
    try {
      const refined = refine(value)
      return refined === undefined ? value : refined
    } catch (error) {
      if (error instanceof TypeError || error instanceof ReferenceError) throw error
      const message = error instanceof Error ? error.message : String(error)
      return pass.refuse('value_error', `Value error, ${message}`, input, { error: {} })
    }
  }
}

function checkedParser ({ check }: CheckedShape, inner: Parse): Parse {
  return (input, pass) => {
    const value = inner(input, pass)
    if (value === FAIL) return FAIL
    const problem = check(value)
    return problem === undefined ? value : pass.refuse('json_schema', `Input ${problem.message}`, input, { keyword: problem.keyword })
  }
}

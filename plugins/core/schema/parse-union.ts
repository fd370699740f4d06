/**
 * Parsers of unions: pydantic's smart mode, and unions told apart by a literal.
 *
 * @module
 * @see https://docs.pydantic.dev/latest/concepts/unions/#smart-mode
 */

import { EXACT, FAIL, type Parse, type Pass, STRICT } from './issue.ts'
import { repr } from './literals.ts'
import { isDictionary } from './parse-container.ts'
import { ownValue } from './parse-object.ts'
import type { LiteralShape, Shape, TaggedShape } from './shape.ts'
import { begin, end, type Match, Trials } from './trials.ts'
import { countedNames, countOf, keyCount, type Member, orderOf } from './union-order.ts'

const TOO_COMPLEX = 'Input takes too much work to tell which member of the union it is'

interface Candidate extends Match {
  /** The place of the member in the union. */
  readonly index: number
}

/** The better of two matches; the number of fields counts before the exactness, and among equals the first. */
function better (best: Candidate | null, { fit, fieldsSet }: Pass, value: unknown, index: number): Candidate {
  if (best === null) return { value, fit, fieldsSet, index }
  const isBetter = best.fieldsSet >= 0 && fieldsSet >= 0 && best.fieldsSet !== fieldsSet
    ? fieldsSet > best.fieldsSet
    : fit > best.fit || (index < best.index && fit === best.fit)
  return isBetter ? { value, fit, fieldsSet, index } : best
}

/** Whether a member that can be judged by the number of its fields has too few of them: fewer, or as many beside a model that fits as well as any does. */
function isBeaten ({ names }: Member, input: unknown, keys: number, { fieldsSet, fit }: Match): boolean {
  if (names === undefined || fieldsSet < 0) return false
  const most = fit >= STRICT ? fieldsSet : fieldsSet - 1
  return keys <= most || countOf(names, input) <= most
}

/**
 * Takes the member that fits best, the first among equals; an exact match ends the search. Only when all have failed they
 * are read again, for what is wrong with each of them: as much as the answer can hold.
 *
 * @param shapes of the members, by which some need not be tried
 * @param takesFirst the first member that accepts the value has it
 */
export function unionParser (parsers: ReadonlyArray<{ readonly label: string, readonly parse: Parse }>, shapes?: readonly Shape[], takesFirst = false): Parse {
  const members = parsers.map((parser, index): Member => ({ ...parser, index, names: shapes?.[index] && countedNames(shapes[index]) }))
  const order = shapes === undefined ? () => undefined : orderOf(members, shapes)
  // Few variables and few calls in one another: a value may be a thousand levels deep, and the stack is not.
  return (input, pass) => {
    const before = open(pass, input, members)
    let best: Match | Candidate | null | undefined = before.known
    if (best === undefined) {
      best = null
      let keys: number | undefined
      const tried = order(input) ?? members
      for (let i = 0; i < tried.length; i++) {
        const member = tried[i] as Member
        if (best !== null && isBeaten(member, input, keys ??= keyCount(input), best)) continue
        begin(pass)
        const value = member.parse(input, pass)
        if (value === FAIL) continue
        best = better(best as Candidate | null, pass, value, member.index)
        if (takesFirst || (best.fit === EXACT && best.fieldsSet < 0)) break
      }
      before.trials.keep(members, input, best)
    }
    end(pass, before.fit, before.fieldsSet, before.isQuiet, before.hasFailed, best)
    if (best === null && !before.isQuiet) {
      for (let i = 0; i < members.length && !pass.full; i++) {
        pass.path.push((members[i] as Member).label)
        ;(members[i] as Member).parse(input, pass)
        pass.path.pop()
      }
    }
    return close(pass, input, before, best)
  }
}

interface Before {
  readonly trials: Trials
  readonly known: Match | null | undefined
  readonly noted: number
  readonly fit: number
  readonly fieldsSet: number
  readonly isQuiet: boolean
  readonly hasFailed: boolean
}

function open (pass: Pass, input: unknown, members: readonly Member[]): Before {
  const trials = (pass.trials ??= new Trials())
  const { fit, fieldsSet, isQuiet, hasFailed, issues: { length: noted } } = pass
  return { trials, known: trials.enter(input, members), noted, fit, fieldsSet, isQuiet, hasFailed }
}

function close (pass: Pass, input: unknown, { trials, noted, isQuiet }: Before, best: Match | null): unknown {
  const isTooComplex = trials.leave()
  if (isTooComplex && !isQuiet && pass.issues.length === noted) pass.note('union_too_complex', TOO_COMPLEX, input)
  return isTooComplex || best === null ? FAIL : best.value
}

/** How the tag of an object is read. */
export interface TagReader {
  isObject (input: unknown): input is object
  tagOf (object: object): unknown
}

/** @param reader for values that are more than parsed JSON */
export function taggedParser (shape: TaggedShape, parsers: ReadonlyMap<unknown, Parse>, reader: TagReader = {
  isObject: isDictionary,
  tagOf: object => {
    const tag = ownValue(object, shape.property)
    return tag === undefined && shape.name !== undefined ? ownValue(object, shape.name) : tag
  }
}): Parse {
  const { property, name, tags } = shape
  const expected = [...tags.keys()].map(repr).join(', ')
  return (input, pass) => {
    if (!reader.isObject(input)) {
      return pass.refuse('model_attributes_type', 'Input should be a valid dictionary or object to extract fields from', input)
    }
    const tag = reader.tagOf(input)
    const discriminator = [name, property].filter(text => text !== undefined).map(repr).join(' | ')
    if (tag === undefined) {
      return pass.refuse('union_tag_not_found', `Unable to extract tag using discriminator ${discriminator}`, input, { discriminator })
    }
    const parse = parsers.get(tag)
    if (parse === undefined) {
      const text = typeof tag === 'string' ? tag : repr(tag)
      return pass.refuse('union_tag_invalid', `Input tag '${text}' found using ${discriminator} does not match any of the expected tags: ${expected}`,
        input, { discriminator, tag: text, expected_tags: expected })
    }
    pass.path.push(String(tag))
    const value = parse(input, pass)
    pass.path.pop()
    return value
  }
}

/** Python's enums of texts or of numbers are those as well. */
function enumLabel ({ values, title }: LiteralShape): string {
  const of = (test: (value: unknown) => boolean): boolean => values.every(test)
  const kind = of(value => typeof value === 'string') ? 'str-enum' : of(Number.isInteger) ? 'int-enum' : of(value => typeof value === 'number') ? 'float-enum' : 'enum'
  return title === undefined ? kind : `${kind}[${title}]`
}

/**
 * The name of a union's member in `loc`, as pydantic names its validators.
 *
 * @param above what the name is part of, where references lead back to
 */
export function label (shape: Shape, above: readonly Shape[] = []): string {
  const within = (inner: Shape): string => label(inner, above)
  switch (shape.kind) {
    case 'integer': return shape.bounded ? 'constrained-int' : 'int'
    case 'number': return shape.bounded ? 'constrained-float' : 'float'
    case 'boolean': return 'bool'
    case 'string': return (shape.min ?? shape.max ?? shape.pattern) !== undefined ? 'constrained-str' : 'str'
    case 'null': return 'none'
    case 'any': return 'any'
    case 'codec': return shape.codec.label
    case 'literal': return shape.issue === 'enum' ? enumLabel(shape) : `literal[${shape.values.map(repr).join(',')}]`
    case 'array': return `list[${within(shape.items)}]`
    case 'set': return `${shape.frozen ? 'frozenset' : 'set'}[${within(shape.items)}]`
    case 'tuple': return `tuple[${shape.items.map(within).join(', ')}]`
    case 'dict': return `dict[${shape.key === undefined ? 'str' : within(shape.key)},${within(shape.value)}]`
    case 'object': return shape.title ?? 'model'
    case 'nullable': return `nullable[${within(shape.inner)}]`
    case 'union': return `union[${shape.members.map(within).join(',')}]`
    case 'tagged': return `tagged-union[${Array.from(shape.tags.values(), within).join(',')}]`
    case 'json-text': return 'json'
    case 'refined': return `function-after[${within(shape.inner)}]`
    case 'checked': return within(shape.inner)
    case 'ref': {
      const target = shape.target()
      return above.includes(target) ? '...' : label(target, [...above, target])
    }
  }
}

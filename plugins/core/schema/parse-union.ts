/**
 * Parsers of unions: pydantic's smart mode, and unions told apart by a literal.
 *
 * @module
 * @see https://docs.pydantic.dev/latest/concepts/unions/#smart-mode
 */

import { EXACT, FAIL, type Issue, type Parse } from './issue.ts'
import { repr } from './literals.ts'
import { isDictionary } from './parse-container.ts'
import { ownValue } from './parse-object.ts'
import type { Shape, TaggedShape } from './shape.ts'

interface Match {
  readonly value: unknown
  readonly fit: number
  readonly fieldsSet: number
}

/** Whether a later match beats the best so far; the number of fields counts before the exactness. */
function beats ({ fit, fieldsSet }: Match, best: Match): boolean {
  if (best.fieldsSet >= 0 && fieldsSet >= 0 && best.fieldsSet !== fieldsSet) return fieldsSet > best.fieldsSet
  return fit > best.fit
}

/** Tries every member; an exact match ends the search, else the best wins, the first among equals. */
export function unionParser (members: ReadonlyArray<{ readonly label: string, readonly parse: Parse }>): Parse {
  return (input, pass) => {
    const { fit, fieldsSet } = pass
    const before = pass.issues.length
    const refused: Issue[] = []
    let best: Match | undefined

    for (const { label, parse } of members) {
      pass.fit = EXACT
      pass.fieldsSet = -1
      pass.path.push(label)
      const value = parse(input, pass)
      pass.path.pop()
      // Taken out at once: the issues of one member must not use up the room of the next.
      refused.push(...pass.issues.splice(before))
      if (value === FAIL) continue
      const match: Match = { value, fit: pass.fit, fieldsSet: pass.fieldsSet }
      if (best === undefined || beats(match, best)) best = match
      if (match.fit === EXACT && match.fieldsSet < 0) break
    }

    pass.fit = fit
    pass.fieldsSet = fieldsSet
    if (best === undefined) {
      pass.report(refused)
      return FAIL
    }
    pass.fit = Math.min(fit, best.fit)
    if (best.fieldsSet >= 0) pass.fieldsSet = Math.max(fieldsSet, 0) + best.fieldsSet
    return best.value
  }
}

/** How the tag of an object is read. */
export interface TagReader {
  isObject (input: unknown): input is object
  tagOf (object: object): unknown
}

/** @param reader for values that are more than parsed JSON */
export function taggedParser ({ property, tags }: TaggedShape, parsers: ReadonlyMap<unknown, Parse>, reader: TagReader = {
  isObject: isDictionary,
  tagOf: object => ownValue(object, property)
}): Parse {
  const expected = [...tags.keys()].map(repr).join(', ')
  return (input, pass) => {
    if (!reader.isObject(input)) {
      return pass.refuse('model_attributes_type', 'Input should be a valid dictionary or object to extract fields from', input)
    }
    const tag = reader.tagOf(input)
    const discriminator = repr(property)
    if (tag === undefined) {
      return pass.refuse('union_tag_not_found', `Unable to extract tag using discriminator ${discriminator}`, input, { discriminator })
    }
    const parse = parsers.get(tag)
    if (parse === undefined) {
      const text = typeof tag === 'object' ? JSON.stringify(tag) : String(tag)
      return pass.refuse('union_tag_invalid', `Input tag '${text}' found using ${discriminator} does not match any of the expected tags: ${expected}`,
        input, { discriminator, tag: text, expected_tags: expected })
    }
    pass.path.push(String(tag))
    const value = parse(input, pass)
    pass.path.pop()
    return value
  }
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
    case 'literal': return shape.issue === 'enum' ? shape.title ?? 'enum' : `literal[${shape.values.map(repr).join(',')}]`
    case 'array': return `list[${within(shape.items)}]`
    case 'set': return `${shape.frozen ? 'frozenset' : 'set'}[${within(shape.items)}]`
    case 'tuple': return `tuple[${shape.items.map(within).join(', ')}]`
    case 'dict': return `dict[${shape.key === undefined ? 'str' : within(shape.key)},${within(shape.value)}]`
    case 'object': return shape.title ?? 'model'
    case 'nullable': return `nullable[${within(shape.inner)}]`
    case 'union': return `union[${shape.members.map(within).join(',')}]`
    case 'tagged': return 'tagged-union'
    case 'json-text': return 'json'
    case 'refined': return `function-after[${within(shape.inner)}]`
    case 'checked': return within(shape.inner)
    case 'ref': {
      const target = shape.target()
      return above.includes(target) ? '...' : label(target, [...above, target])
    }
  }
}

/**
 * Generates the code for the properties of an object, in order of declaration. Constant text is appended in one piece.
 *
 * @module
 */

import { writtenKey } from '../core/schema/shape.ts'
import { property, quote } from '../core/schema/codegen/code-builder.ts'
import type { Emitter, Piece } from '../core/schema/codegen/emitter.ts'

/** A property, and the code for the variable that holds its value. */
export interface FieldCode {
  readonly variable: string
  readonly name: string
  readonly alias: string
  readonly choices: readonly string[] | undefined
  readonly required: boolean
  /** Its default, in JSON. */
  readonly absent: string | undefined
  readonly piece: Piece
  readonly presence: PresenceCode | undefined
}

/** When a property is left out. */
export interface PresenceCode {
  readonly key: string
  readonly never: boolean
  /** A value that was filled in is left out. */
  readonly unset: boolean
  /** Null is left out; `refused` where it is not a value of the property. */
  readonly null: 'kept' | 'left' | 'refused'
  /** The variable with its default in JSON. */
  readonly unless: string | undefined
}

type Text = Pick<Emitter, 'append' | 'whole'>

/** The value, which the handler may also have named as it is on the wire. */
function read ({ variable, name, alias, presence }: FieldCode): string {
  const value = property('object', name)
  const found = alias === name ? value : `${value} === undefined ? ${property('object', alias)} : ${value}`
  if (presence?.unset !== true) return `const ${variable} = ${found};`
  return `let ${variable} = ${found}; if (filled !== undefined && isFilled(filled, ${quote(name)}, ${variable})) ${variable} = undefined;`
}

/** Whether a property that has a value may be left out; one that has none is as ever. */
const mayLeave = (presence: PresenceCode): boolean => presence.never || presence.null !== 'kept' || presence.unless !== undefined

/** Statements for a property that may be left out. @param enter those that write its key */
function leavingCode (field: FieldCode, { never, null: ofNull, unless }: PresenceCode, enter: string, text: Text): string {
  const { variable, required, absent, piece } = field
  const [before, written] = [`before_${variable}`, `written_${variable}`]
  const value = text.whole(piece, 'json')
  // NaN is written as null, and is none.
  const compared = unless === undefined
    ? `${never ? '' : enter} ${value}`
    : `const ${before} = json; json = ''; ${value}; const ${written} = json; json = ${before}; if (${written} !== ${unless} || (${written} === 'null' && ${variable} !== null)) { ${enter} json += ${written} }`
  const present = never ? `const ${before} = json; ${compared}; json = ${before}` : compared
  const nulls = { kept: '', left: `if (${variable} !== null)`, refused: `if (${variable} === null) return FAIL; else` }[ofNull]
  const missing = required ? 'return FAIL' : absent === undefined ? '' : `${enter} json += ${quote(absent)}`
  return `${read(field)} if (${variable} === undefined) { ${missing} } else ${nulls} { ${present} }`
}

/** Statements that append the properties of `object` to `json` and return it; they set `needsComma` where it is not known beforehand. */
export function fieldsCode (fields: readonly FieldCode[], text: Text): string {
  const add = (known: string): string => text.append(known, 'json')
  // Text that comes before anything else that is appended.
  let pending = '{'
  // Whether a property stands before this one: known, or noted in `needsComma` until it is.
  let before: 'no' | 'maybe' | 'yes' = 'no'

  const code = fields.map(field => {
    const { variable, required, absent, presence, piece: { open, code, close } } = field
    const key = `${before === 'yes' ? ',' : ''}${quote(presence?.key ?? writtenKey(field))}:`
    const comma = before === 'maybe' ? "if (needsComma) json += ',';" : ''
    const noted = before === 'yes' ? '' : 'needsComma = true;'
    const first = add(pending)
    const leaves = presence !== undefined && mayLeave(presence)

    if (!leaves && (absent !== undefined || required)) {
      const start = pending + key
      before = 'yes'
      pending = absent === undefined ? close : ''
      return absent === undefined
        ? `${read(field)} if (${variable} === undefined) return FAIL; ${comma} ${add(start + open)} ${code}`
        : `${read(field)} ${comma} if (${variable} === undefined) { ${add(start + absent)} } else { ${add(start + open)} ${code}; ${add(close)} }`
    }
    before = before === 'yes' ? 'yes' : 'maybe'
    pending = ''
    return leaves
      ? `${first} ${leavingCode(field, presence, `${comma} ${noted} ${add(key)}`, text)}`
      : `${first} ${read(field)} if (${variable} !== undefined) { ${comma} ${noted} ${add(key + open)} ${code}; ${add(close)} }`
  })
  return `${code.join('\n')}\nreturn json + ${quote(`${pending}}`)}`
}

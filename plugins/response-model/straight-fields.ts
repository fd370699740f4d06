/**
 * The straight code of the properties of an object: in the order of their declaration, what is known beforehand
 * appended in one piece.
 *
 * @module
 */

/**
 * Statements that append the JSON of a value, or return; `open` and `close` stand around it, so that they can be
 * joined to what stands there.
 */
export interface Piece {
  readonly open: string
  readonly code: string
  readonly close: string
}

/** A property, and the code for the variable `v` that holds its value. */
export interface EmittedField {
  readonly v: string
  readonly name: string
  readonly alias: string
  readonly required: boolean
  /** Its default, in JSON. */
  readonly absent: string | undefined
  readonly piece: Piece
  readonly presence: EmittedPresence | undefined
}

/** When a property is left away. */
export interface EmittedPresence {
  readonly key: string
  readonly never: boolean
  /** What was filled in is not there. */
  readonly unset: boolean
  /** Null is left away; `refused` where it is no value of the property. */
  readonly null: 'kept' | 'left' | 'refused'
  /** The variable with its default in JSON. */
  readonly unless: string | undefined
}

export const quote = (text: string): string => JSON.stringify(text)

/** Appends what is known beforehand. */
export const add = (text: string): string => text === '' ? '' : `j += ${quote(text)};`

export const whole = ({ open, code, close }: Piece): string => `${add(open)} ${code}; ${add(close)}`

const INHERITED = new Set(Object.getOwnPropertyNames(Object.prototype))

function property (name: string): string {
  const key = quote(name)
  return INHERITED.has(name) ? `(Object.hasOwn(d, ${key}) ? d[${key}] : undefined)` : `d[${key}]`
}

/** The value, which the handler may also have named as it is on the wire. */
function read ({ v, name, alias, presence }: EmittedField): string {
  const value = property(name)
  const found = alias === name ? value : `${value} === undefined ? ${property(alias)} : ${value}`
  if (presence?.unset !== true) return `const ${v} = ${found};`
  return `let ${v} = ${found}; if (f !== undefined && isFilled(f, ${quote(name)}, ${v})) ${v} = undefined;`
}

/** Statements for a property that may be left away: what is known of those before it, `some`, says whether a comma stands before it. */
function leavingCode (field: EmittedField, { never, null: ofNull, unless }: EmittedPresence, enter: string): string {
  const { v, required, absent, piece } = field
  const written = unless === undefined
    ? `${never ? '' : enter} ${whole(piece)}`
    : `const b${v} = j; j = ''; ${whole(piece)}; const w${v} = j; j = b${v}; if (w${v} !== ${unless}) { ${enter} j += w${v} }`
  const present = never ? `const b${v} = j; ${written}; j = b${v}` : written
  const nulls = { kept: '', left: `if (${v} !== null)`, refused: `if (${v} === null) return; else` }[ofNull]
  return `${read(field)} if (${v} === undefined) { ${required ? 'return' : absent === undefined ? '' : `${enter} j += ${quote(absent)}`} } else ${nulls} { ${present} }`
}

/** Whether a property that has a value may be left away; one that has none is as ever. */
const leaves = (presence: EmittedPresence): boolean => presence.never || presence.null !== 'kept' || presence.unless !== undefined

/** Statements that append the properties of `d` to `j` and return it; they set `some` where that is not known. */
export function fieldsCode (fields: readonly EmittedField[]): string {
  // What is to be appended before anything else.
  let pending = '{'
  // Whether a property stands before this one: known, or noted in `some` until it is.
  let before: 'no' | 'maybe' | 'yes' = 'no'

  const code = fields.map(field => {
    const { v, alias, required, absent, presence, piece: { open, code, close } } = field
    const key = `${before === 'yes' ? ',' : ''}${quote(presence?.key ?? alias)}:`
    const comma = before === 'maybe' ? "if (some) j += ',';" : ''

    if (presence !== undefined && leaves(presence)) {
      const first = add(pending)
      const noted = before === 'yes' ? '' : 'some = true;'
      pending = ''
      before = before === 'yes' ? 'yes' : 'maybe'
      return `${first} ${leavingCode(field, presence, `${comma} ${noted} ${add(key)}`)}`
    }
    if (absent !== undefined || required) {
      const start = pending + key
      before = 'yes'
      pending = absent === undefined ? close : ''
      return absent === undefined
        ? `${read(field)} if (${v} === undefined) return; ${comma} ${add(start + open)} ${code}`
        : `${read(field)} ${comma} if (${v} === undefined) { ${add(start + absent)} } else { ${add(start + open)} ${code}; ${add(close)} }`
    }
    const first = add(pending)
    const noted = before === 'yes' ? '' : 'some = true;'
    before = before === 'yes' ? 'yes' : 'maybe'
    pending = ''
    return `${first} ${read(field)} if (${v} !== undefined) { ${comma} ${noted} ${add(key + open)} ${code}; ${add(close)} }`
  })
  return `${code.join('\n')}\nreturn j + ${quote(`${pending}}`)}`
}

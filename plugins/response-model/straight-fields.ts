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
function read ({ v, name, alias }: EmittedField): string {
  const value = property(name)
  return `const ${v} = ${alias === name ? value : `${value} === undefined ? ${property(alias)} : ${value}`};`
}

/** Statements that append the properties of `d` to `j` and return it; they set `some` where that is not known. */
export function fieldsCode (fields: readonly EmittedField[]): string {
  // What is to be appended before anything else.
  let pending = '{'
  // Whether a property stands before this one: known, or noted in `some` until it is.
  let before: 'no' | 'maybe' | 'yes' = 'no'

  const code = fields.map(field => {
    const { v, alias, required, absent, piece: { open, code, close } } = field
    const key = `${before === 'yes' ? ',' : ''}${quote(alias)}:`
    const comma = before === 'maybe' ? "if (some) j += ',';" : ''

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

/**
 * Which labels of a host name are allowed: IDNA 2008.
 *
 * @module
 * @see https://www.rfc-editor.org/rfc/rfc5891#section-4.2
 * @see https://www.rfc-editor.org/rfc/rfc5892
 */

// RFC 5892 section 2, made of Unicode's properties: letters and digits that no mapping changes…
const LETTER_OR_DIGIT = /[\p{Ll}\p{Lu}\p{Lo}\p{Nd}\p{Lm}\p{Mn}\p{Mc}]/u
const CHANGED = /[\p{Changes_When_NFKC_Casefolded}\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Noncharacter_Code_Point}]/u
// … with its blocks of musical and combining signs, old Hangul letters and single exceptions.
// eslint-disable-next-line no-misleading-character-class -- ranges, not characters
const EXCLUDED = /[\u0640\u07fa\u1100-\u11ff\u20d0-\u20ff\u302e\u302f\u3031-\u3035\u303b\ua960-\ua97f\ud7b0-\ud7ff\u{1d100}-\u{1d24f}]/u
const INCLUDED = /[a-z0-9\-\xdf\u03c2\u06fd\u06fe\u0f0b\u3007]/u

/** The rules for characters that are allowed in some company only, RFC 5892 appendix A. */
function allowedBesides (char: string, chars: readonly string[], at: number): boolean {
  const before = chars[at - 1] ?? ''
  const after = chars[at + 1] ?? ''
  const any = (pattern: RegExp): boolean => chars.some(other => pattern.test(other))
  if (char === '\u00b7') return before === 'l' && after === 'l'
  if (char === '\u0375') return /\p{Script=Greek}/u.test(after)
  if (char === '\u05f3' || char === '\u05f4') return /\p{Script=Hebrew}/u.test(before)
  if (char === '\u30fb') return any(/\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Han}/u)
  if (/[\u0660-\u0669]/.test(char)) return !any(/[\u06f0-\u06f9]/)
  return !any(/[\u0660-\u0669]/)
}

// Bidi_Class (UAX #9) of the characters that labels may have, of which JavaScript knows the scripts.
const BIDI: ReadonlyArray<readonly [string, RegExp]> = [
  ['NSM', /\p{Mn}/u],
  ['EN', /[0-9\u06f0-\u06f9]/],
  ['AN', /[\u0660-\u0669\u{10d30}-\u{10d39}]/u],
  ['ON', /[\u0606\u0607\u060e\u060f\u06de\u06e9\u02b9\u02ba\u02c2-\u02cf\u02ec\u24ea-\u24ff\u2776-\u2793]/],
  ['AL', /[\u060d\u061b-\u061f]|\p{Script=Arabic}|\p{Script=Syriac}|\p{Script=Thaana}|\p{Script=Hanifi_Rohingya}|\p{Script=Sogdian}/u],
  ['R', /\p{Script=Hebrew}|\p{Script=Nko}|\p{Script=Samaritan}|\p{Script=Mandaic}|\p{Script=Adlam}|\p{Script=Mende_Kikakui}|[\u07c0-\u085f\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u],
  ['ES', /[+-]/],
  ['ET', /[#$%\p{Sc}]/u],
  ['CS', /[,.:/]/],
  ['ON', /[\p{P}\p{S}]/u]
]

function bidiOf (char: string): string {
  return BIDI.find(([, pattern]) => pattern.test(char))?.[0] ?? 'L'
}

const RTL = new Set(['R', 'AL', 'AN'])
const IN_RTL = new Set(['R', 'AL', 'AN', 'EN', 'ES', 'CS', 'ET', 'ON', 'NSM'])
const IN_LTR = new Set(['L', 'EN', 'ES', 'CS', 'ET', 'ON', 'NSM'])

/** Whether a text has characters that are written from right to left. */
export function hasRightToLeft (text: string): boolean {
  return [...text].some(char => RTL.has(bidiOf(char)))
}

/** The Bidi Rule for a label of a domain that has characters written from right to left. */
export function bidiProblem (label: string): string | undefined {
  const classes = [...label].map(bidiOf)
  const first = classes[0]
  const rtl = first === 'R' || first === 'AL'
  if (!rtl && first !== 'L') return `First codepoint in label '${label}' must be directionality L, R or AL`
  const direction = rtl ? 'right-to-left' : 'left-to-right'
  for (const [at, bidi] of classes.entries()) {
    if (!(rtl ? IN_RTL : IN_LTR).has(bidi)) return `Invalid direction for codepoint at position ${at + 1} in a ${direction} label`
    if (rtl && bidi === 'AN' && classes.indexOf('EN') >= 0 && classes.indexOf('EN') < at) return MIXED
    if (rtl && bidi === 'EN' && classes.indexOf('AN') >= 0 && classes.indexOf('AN') < at) return MIXED
  }
  const last = classes.findLast(bidi => bidi !== 'NSM')
  const ends = rtl ? ['R', 'AL', 'EN', 'AN'] : ['L', 'EN']
  return ends.some(end => end === last) ? undefined : 'Label ends with illegal codepoint directionality'
}

const MIXED = 'Can not mix numeral types in a right-to-left label'

/** A label in quotes as Python's `repr` has it, for short: what cannot be shown is escaped. */
function quoted (label: string): string {
  const shown = label.replaceAll(/[\p{C}\p{Z}]/gu, char => {
    const hex = Number(char.codePointAt(0)).toString(16)
    const [mark, length] = hex.length <= 2 ? ['x', 2] : hex.length <= 4 ? ['u', 4] : ['U', 8]
    return `\\${mark}${hex.padStart(length, '0')}`
  })
  return `'${shown}'`
}

/** Says in the words of Python's `idna` why a label is not allowed. Joiners are not, for in an address they are unsafe. */
export function labelProblem (label: string): string | undefined {
  if (label.normalize('NFC') !== label) return 'Label must be in Normalization Form C'
  if (label.slice(2, 4) === '--') return 'Label has disallowed hyphens in 3rd and 4th position'
  if (/^-|-$/.test(label)) return 'Label must not start or end with a hyphen'
  if (/^\p{M}/u.test(label)) return 'Label begins with an illegal combining character'
  const chars = [...label]
  for (const [at, char] of chars.entries()) {
    const code = `U+${Number(char.codePointAt(0)).toString(16).toUpperCase().padStart(4, '0')}`
    if (/[\u00b7\u0375\u05f3\u05f4\u30fb\u0660-\u0669\u06f0-\u06f9]/.test(char)) {
      if (!allowedBesides(char, chars, at)) return `Codepoint ${code} not allowed at position ${at + 1} in ${quoted(label)}`
    } else if (!INCLUDED.test(char) && (EXCLUDED.test(char) || CHANGED.test(char) || !LETTER_OR_DIGIT.test(char))) {
      return `Codepoint ${code} at position ${at + 1} of ${quoted(label)} not allowed`
    }
  }
  return hasRightToLeft(label) ? bidiProblem(label) : undefined
}

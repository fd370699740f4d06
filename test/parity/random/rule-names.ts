/**
 * The names of the departures that only random requests meet.
 *
 * @module
 */

/** FastAPI's own 422 fails where its `input` is no JSON: NaN, infinities, half a surrogate pair, bytes. */
export const UNWRITABLE = 'an input that FastAPI cannot write'
export const RETURNED_EXTRA = 'a field that the response model forbids'
/** An object has one property of a name: the field's. */
export const EXTRA_NAME = 'an extra field that has the name of one with an alias'
/** A response is read by the names of fields as well as by their aliases. */
export const RETURNED_NAME = 'a field by its name beside its alias'
export const RETURNED_PART = 'a field that is left out of a response'
/** `1.0` and `1e3` are integers to JSON.parse. */
export const WHOLE_FLOATS = 'a float without a fraction'
/** To JSON.parse, `1e25` and its 26 digits are one number. */
export const LARGE_FLOATS = 'digits of a large float'
/** What is no JSON is text here, unless the schema is `Bytes()`. */
export const TEXT_BODY = 'a body that is not JSON'
/** Raw bytes are UTF-8 here. */
export const LATIN1 = 'raw bytes of an urlencoded form'
/** Patterns are those of JavaScript: `\d` is ASCII, `.` no separator of lines. */
export const PATTERNS = 'a pattern on other than ASCII'

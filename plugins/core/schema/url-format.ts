/**
 * The format `url` of ajv-formats, in linear time: its own expression takes quadratic time.
 *
 * @module
 * @see https://gist.github.com/dperini/729294
 */

const SCHEME = /^(?:https?|ftp):\/\//i
/** Characters of a host. */
const RUN = /[a-z0-9\u{00a1}-\u{ffff}.-]*/iuy
const ADDRESS = /^(?!(?:10|127)(?:\.\d{1,3}){3}$)(?!(?:169\.254|192\.168)(?:\.\d{1,3}){2}$)(?!172\.(?:1[6-9]|2\d|3[0-1])(?:\.\d{1,3}){2}$)(?:[1-9]\d?|1\d\d|2[01]\d|22[0-3])(?:\.(?:1?\d{1,2}|2[0-4]\d|25[0-5])){2}(?:\.(?:[1-9]\d?|1\d\d|2[0-4]\d|25[0-4]))$/
const LABEL = /^[a-z0-9\u{00a1}-\u{ffff}](?:[a-z0-9\u{00a1}-\u{ffff}-]*[a-z0-9\u{00a1}-\u{ffff}])?$/iu
const TOP = /^[a-z\u{00a1}-\u{ffff}]{2,}$/iu
/** The port and the path, of which only the beginning matters: there are no blanks. */
const REST = /(?::\d{2,5})?(?:\/|$)/y

function isName (host: string): boolean {
  const labels = host.split('.')
  const top = labels.pop() as string
  return labels.length > 0 && TOP.test(top) && labels.every(label => LABEL.test(label) && !label.includes('--'))
}

/** Whether a host stands at `at`, and nothing but a port and a path behind it. */
function isWhole (text: string, at: number): boolean {
  RUN.lastIndex = at
  const host = RUN.exec(text)?.[0] as string
  REST.lastIndex = at + host.length
  return REST.test(text) && (ADDRESS.test(host) || isName(host))
}

/** Whether a text is a URL of the web, to a public host. */
export function isUrl (text: string): boolean {
  const start = SCHEME.exec(text)?.[0].length
  if (start === undefined || /\s/.test(text)) return false
  if (isWhole(text, start)) return true
  // Whatever stands before an @ is a user. Hosts have no @, so that no character is looked at twice.
  for (let at = text.indexOf('@', start + 1); at >= 0; at = text.indexOf('@', at + 1)) if (isWhole(text, at + 1)) return true
  return false
}

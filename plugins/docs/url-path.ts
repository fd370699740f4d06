/**
 * Converts Fastify's URLs to paths of the document: `/items/:id(^\d+$)` is `/items/{id}`.
 *
 * @module
 */

export interface UrlPath {
  readonly path: string
  /** Returns the names of the path parameters, by Fastify's names. */
  readonly names: ReadonlyMap<string, string>
}

/** End of a parameter: find-my-way allows several between two slashes. */
const END_OF_NAME = /[/\-.(:?]/

/** @param wildcard Name of `*` in the document. */
export function urlPathOf (url: string, wildcard = 'path'): UrlPath {
  const names = new Map<string, string>()
  let path = ''
  let at = 0
  while (at < url.length) {
    const char = url.charAt(at)
    if (char === '*') {
      // Avoids duplicates: `/:path/*`.
      const name = names.has(wildcard) ? 'wildcard' : wildcard
      names.set('*', name)
      path += `{${name}}`
      at += 1
    } else if (char !== ':') {
      path += char
      at += 1
    } else if (url.charAt(at + 1) === ':') {
      path += ':' // escaped
      at += 2
    } else {
      const rest = url.slice(at + 1)
      const length = rest.search(END_OF_NAME)
      const name = length < 0 ? rest : rest.slice(0, length)
      names.set(name, name)
      path += `{${name}}`
      at = afterPattern(url, at + 1 + name.length)
    }
  }
  return { path, names }
}

/** Index after the pattern of a parameter and its `?`, if any. */
function afterPattern (url: string, start: number): number {
  let at = start
  if (url.charAt(at) === '(') {
    let open = 0
    do {
      const char = url.charAt(at)
      if (char === '\\') at += 1
      else if (char === '(') open += 1
      else if (char === ')') open -= 1
      at += 1
    } while (open > 0 && at < url.length)
  }
  return url.charAt(at) === '?' ? at + 1 : at
}

/**
 * Fastify's URLs as paths of the document: `/items/:id(^\d+$)` is `/items/{id}`.
 *
 * @module
 */

export interface UrlPath {
  readonly path: string
  /** The names of the parameters in the path, by the names that Fastify gives them. */
  readonly names: ReadonlyMap<string, string>
}

/** Where a parameter ends: find-my-way lets several stand between two slashes. */
const END_OF_NAME = /[/\-.(:?]/

/** @param wildcard what `*` is called in the document */
export function urlPathOf (url: string, wildcard = 'path'): UrlPath {
  const names = new Map<string, string>()
  let path = ''
  let at = 0
  while (at < url.length) {
    const char = url.charAt(at)
    if (char === '*') {
      // Not twice the same: `/:path/*`.
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

/** Behind the pattern of a parameter and the `?` that makes it optional, where there are such. */
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

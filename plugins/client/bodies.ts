/**
 * Serializes bodies that are not JSON.
 *
 * @module
 */

/** A value of a form, or several of one name. */
function * entriesOf (body: unknown): Iterable<[name: string, value: unknown]> {
  for (const [name, value] of Object.entries(Object(body))) {
    for (const one of [value].flat()) if (one !== undefined && one !== null) yield [name, one]
  }
}

function textOf (value: unknown): string {
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** JSON, or `multipart/form-data` where a field is a file. */
export function serializeBody (body: unknown): string | FormData | URLSearchParams | Blob {
  if (body instanceof FormData || body instanceof URLSearchParams || body instanceof Blob) return body
  const entries = [...entriesOf(body)]
  if (Array.isArray(body) || !entries.some(([, value]) => value instanceof Blob)) return JSON.stringify(body)
  const form = new FormData()
  for (const [name, value] of entries) {
    if (value instanceof Blob) form.append(name, value)
    else form.append(name, textOf(value))
  }
  return form
}

/**
 * Sends a body as a urlencoded form. Arrays repeat the name.
 *
 * ```ts
 * await client.POST('/token', { body: { username, password }, ...asForm })
 * ```
 */
export const asForm = {
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  bodySerializer: (body: unknown): string => String(new URLSearchParams([...entriesOf(body)].map(([name, value]): [string, string] => [name, textOf(value)])))
} as const

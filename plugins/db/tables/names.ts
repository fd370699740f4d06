/**
 * Names and texts in SQL.
 *
 * @module
 */

/** A name in SQL. */
export function quoted (name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** A table with its schema before it, where it has one. */
export function quotedPath (name: string): string {
  return name.split('.').map(quoted).join('.')
}

/** A table without its schema. */
export function unqualified (name: string): string {
  return name.slice(name.lastIndexOf('.') + 1)
}

/** A name without the schema that another one stands behind. */
export function withoutSchemaOf (other: string, name: string): string {
  const schema = other.slice(0, other.indexOf('.') + 1)
  return name.startsWith(schema) ? name.slice(schema.length) : name
}

/** A text in SQL. */
export function literal (text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** A few letters for a text. */
export function hashOf (text: string): string {
  let hash = 5381
  for (const char of text) hash = (hash * 33 + char.charCodeAt(0)) >>> 0
  return hash.toString(36)
}

/** As PostgreSQL itself would call it. */
export function nameOf (table: string, columns: readonly string[], suffix: string): string {
  const name = [table, ...columns, suffix].join('_')
  if (Buffer.byteLength(name) <= 63) return name
  // Cut, and told apart by what was cut.
  const end = `_${hashOf(name)}_${suffix}`
  const [start] = new TextDecoder().decode(Buffer.from(name).subarray(0, 63 - end.length)).split('\u{fffd}')
  return `${start}${end}`
}

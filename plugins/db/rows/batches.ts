/**
 * Rows that share a statement: those with the same fields.
 *
 * @module
 */

/** A row as it is given. */
export type Given = Readonly<Record<string, unknown>>

export interface Batch {
  readonly fields: readonly string[]
  readonly rows: Given[]
  /** Where each row stood among all. */
  readonly places: number[]
}

function fieldsOf (row: Given): string[] {
  const names = Object.keys(row)
  for (const name of names) if (row[name] === undefined) return names.filter(name => row[name] !== undefined)
  return names
}

function isSame (a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name, index) => name === b[index])
}

/** The values that rows conflict by; `undefined` where one of them is missing or null, which conflicts with nothing. */
function valuesAt (row: Given, columns: readonly string[]): string | undefined {
  const values: string[] = []
  for (const column of columns) {
    const value = row[column]
    if (value === undefined || value === null) return undefined
    values.push(String(value))
  }
  return JSON.stringify(values)
}

/**
 * Divides rows into batches. A field that is `undefined` is none.
 *
 * @param columns that rows conflict by: a row never stands in a batch before, or in the same batch as, one with the same values
 *   that was given earlier. PostgreSQL changes no row twice in one statement.
 */
export function batchesOf (rows: Iterable<object>, columns: readonly string[] | undefined): Batch[] {
  const all: Batch[] = []
  let open = new Map<string, Batch>()
  const seen = new Set<string>()
  let last: Batch | undefined
  let place = 0
  for (const row of rows as Iterable<Given>) {
    const fields = fieldsOf(row)
    const values = columns === undefined ? undefined : valuesAt(row, columns)
    if (values !== undefined && seen.has(values)) {
      open = new Map()
      last = undefined
      seen.clear()
    }
    if (values !== undefined) seen.add(values)
    if (last === undefined || !isSame(last.fields, fields)) {
      const key = JSON.stringify(fields.toSorted())
      last = open.get(key)
      if (last === undefined) {
        last = { fields, rows: [], places: [] }
        open.set(key, last)
        all.push(last)
      }
    }
    last.rows.push(row)
    last.places.push(place++)
  }
  return all
}

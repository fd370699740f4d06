/**
 * Tables in an order in which each comes after those that it references.
 *
 * @module
 */

/** Tables that reference each other stay as they are. */
export function inOrder<T extends { readonly name: string, readonly targets: readonly string[] }> (tables: readonly T[]): T[] {
  const rest = new Map(tables.map(table => [table.name, table]))
  const ordered: T[] = []
  const visit = (table: T): void => {
    if (!rest.delete(table.name)) return
    for (const name of table.targets) {
      const target = rest.get(name)
      if (target !== undefined) visit(target)
    }
    ordered.push(table)
  }
  for (const table of tables) visit(table)
  return ordered
}

/**
 * Returns the names of a property in requests: its own, an alias, or several aliases.
 *
 * @module
 */

/** Returns the names of a property, in the order in which they are tried. */
export function aliasesOf ({ alias }: { readonly alias?: unknown }, name: string): readonly [string, ...string[]] {
  if (typeof alias === 'string') return [alias]
  const [first, ...others] = Array.isArray(alias) ? alias.filter(one => typeof one === 'string') : []
  return first === undefined ? [name] : [first, ...others]
}

/**
 * The names that a property has on the wire: its own, another, or several of which the first that is sent counts.
 *
 * @module
 */

/** Returns the names of a property, in the order in which they count. */
export function aliasesOf ({ alias }: { readonly alias?: unknown }, name: string): readonly [string, ...string[]] {
  if (typeof alias === 'string') return [alias]
  const [first, ...others] = Array.isArray(alias) ? alias.filter(one => typeof one === 'string') : []
  return first === undefined ? [name] : [first, ...others]
}

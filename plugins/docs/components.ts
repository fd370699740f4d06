/**
 * The named schemas of the document, `#/components/schemas/…`, and how name conflicts are resolved.
 *
 * @module
 */

/** Whether a schema describes requests or responses. */
export type Direction = 'input' | 'output'

/** A schema of the document, still with components in place of the text of its references. */
export interface WrittenSchema {
  [keyword: string | symbol]: unknown
  $ref?: Component
}

const SUFFIX: Readonly<Record<Direction, string>> = { input: '-Input', output: '-Output' }

export class Component {
  /** Written after the component is created: a schema may contain itself. */
  schema: WrittenSchema = {}
  readonly name: string
  readonly direction: Direction
  /** Prefix of the scope that uses it. Distinguishes the `Item` of one router from that of another. */
  readonly prefix: string
  /** The final name. Until it is known, a key. */
  key: string

  constructor (name: string, direction: Direction, prefix: string) {
    this.name = name.replaceAll(/[^\w.-]/g, '_')
    this.direction = direction
    this.prefix = prefix.replaceAll(/\W+/g, '__').replaceAll(/^__|__$/g, '')
    this.key = this.name
  }

  /** The target of a `$ref`. */
  toJSON (): string {
    return `#/components/schemas/${this.key}`
  }
}

/** Components with equal schemas. */
type Group = [Component, ...Component[]]

/**
 * Names all components. Equal components get the same name.
 *
 * As in pydantic: the plain name where no other schema has it, then `Name-Input` and `Name-Output` for what differs by
 * direction, then the name with that of the router.
 */
export function nameComponents (components: readonly Component[]): Record<string, WrittenSchema> {
  const groups = groupsOf(components).map(group => ({ group, ladder: ladderOf(group) }))
  const wanted = new Map<string, number>()
  for (const { ladder } of groups) for (const name of new Set(ladder)) wanted.set(name, (wanted.get(name) ?? 0) + 1)

  const named = new Map<string, WrittenSchema>()
  for (const { group, ladder } of groups) {
    const [first] = group
    const key = ladder.find(name => wanted.get(name) === 1) ?? numbered(first.name, name => named.has(name) || (name !== first.name && wanted.has(name)))
    for (const component of group) component.key = key
    named.set(key, first.schema)
  }
  return Object.fromEntries([...named].sort(([a], [b]) => a < b ? -1 : 1))
}

/** Candidate names, best first. */
function ladderOf (group: Group): string[] {
  const [{ name, prefix, direction }] = group
  const suffix = group.every(component => component.direction === direction) ? SUFFIX[direction] : ''
  const names = [name, `${name}${suffix}`]
  return prefix === '' ? names : [...names, `${name}__${prefix}`, `${name}__${prefix}${suffix}`]
}

/** In the order of the routes: `Item`, `Item_2`, … */
function numbered (name: string, isTaken: (name: string) => boolean): string {
  let free = name
  for (let number = 2; isTaken(free); number++) free = `${name}_${number}`
  return free
}

/** Merges equal components across references, which may be circular. Starts with all of one name as equal, and separates those that differ until none does. */
function groupsOf (components: readonly Component[]): Group[] {
  let groups: Group[] = []
  let size: number
  do {
    size = groups.length
    const parted = new Map<string, Group>()
    for (const component of components) {
      const said = `${component.key} ${JSON.stringify(component.schema)}`
      const group = parted.get(said)
      if (group === undefined) parted.set(said, [component])
      else group.push(component)
    }
    groups = [...parted.values()]
    for (const [index, group] of groups.entries()) for (const component of group) component.key = String(index)
  } while (groups.length > size)
  return groups
}

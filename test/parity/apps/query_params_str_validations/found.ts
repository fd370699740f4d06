/** What every search of this chapter finds. */
export function found (q: string | null) {
  return { items: [{ item_id: 'Foo' }, { item_id: 'Bar' }], ...(q && { q }) }
}

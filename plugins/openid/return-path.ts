const MAX_LENGTH = 1024

/** Where to go on after a login: a path of this site, and nothing that a browser would take for another. */
export function pathOf (text: unknown): string {
  const isOurs = typeof text === 'string' && text.length <= MAX_LENGTH && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)
  return isOurs ? text : '/'
}

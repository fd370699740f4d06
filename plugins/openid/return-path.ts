const MAX_LENGTH = 1024

/** Returns the path to continue at after a login, `/` if the text is not a path of this site. */
export function pathOf (text: unknown): string {
  const isOurs = typeof text === 'string' && text.length <= MAX_LENGTH && /^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(text)
  return isOurs ? text : '/'
}

/** Returns whether a request is a page navigation, not one for a script or an image: whether it accepts HTML. */
export function isNavigation (accept = ''): boolean {
  return accept.split(',').some(range => {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase())
    const quality = parameters.find(parameter => parameter.startsWith('q='))?.slice(2)
    return (type === 'text/html' || type === 'application/xhtml+xml') && Number(quality ?? 1) !== 0
  })
}

/** Whether a request comes from somebody who opens a page, and not from a script or an image of one: it accepts HTML. */
export function isNavigation (accept = ''): boolean {
  return accept.split(',').some(range => {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase())
    const quality = parameters.find(parameter => parameter.startsWith('q='))?.slice(2)
    return (type === 'text/html' || type === 'application/xhtml+xml') && Number(quality ?? 1) !== 0
  })
}

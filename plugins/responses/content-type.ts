/** Text is sent in UTF-8, and says so, as Starlette's does; JSON has no such parameter. */
export function withCharset (contentType: string): string {
  return contentType.startsWith('text/') && !contentType.toLowerCase().includes('charset=') ? `${contentType}; charset=utf-8` : contentType
}

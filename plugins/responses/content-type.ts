/** Adds `charset=utf-8` to text types, as Starlette does. JSON has no such parameter. */
export function withCharset (contentType: string): string {
  return contentType.startsWith('text/') && !contentType.toLowerCase().includes('charset=') ? `${contentType}; charset=utf-8` : contentType
}

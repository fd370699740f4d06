import { join } from 'node:path'
import type { Load } from '../../wire.ts'

const item = {
  name: 'Portal Gun',
  description: 'A very nice item that opens portals',
  price: 42.5,
  tax: 3.2,
  tags: ['rock', 'metal', 'bar'],
  images: [{ url: 'http://example.com/baz.jpg', width: 640, height: 480 }, { url: 'http://example.com/dave.jpg', width: 800, height: 600 }]
}

const post = { path: '/items', method: 'POST', headers: { 'content-type': 'application/json' } } as const

export const good: Load = { ...post, body: JSON.stringify({ ...item, extra: 1 }), status: 200 }

/** One field that is wrong. */
export const wrong: Load = { ...post, body: JSON.stringify({ ...item, price: 'dear' }), status: 422 }

export const variant = (name: string): string => join(import.meta.dirname, `${name}.ts`)

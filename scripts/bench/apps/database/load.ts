import { join } from 'node:path'
import type { Load } from '../../wire.ts'

export const find: Load = { path: '/users/1', status: 200 }

export const insert: Load = {
  path: '/users',
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ name: 'Bob', settings: { theme: 'dark' } }),
  status: 201
}

export const variant = (name: string): string => join(import.meta.dirname, `${name}.ts`)

import { join } from 'node:path'
import type { Load } from '../../wire.ts'

export const page: Load = { path: '/users/42/items?skip=2&limit=5', headers: { authorization: 'Bearer token-of-alice' }, status: 200 }

export const variant = (name: string): string => join(import.meta.dirname, `${name}.ts`)

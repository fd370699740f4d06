import { join } from 'node:path'
import type { Load } from '../../wire.ts'

export const lines: Load = { path: '/items', status: 200 }

export const variant = (name: string): string => join(import.meta.dirname, `${name}.ts`)

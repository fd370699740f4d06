/**
 * Frameworks that do the same. They are a package of their own, or an environment, installed when they are first needed.
 *
 * @module
 */

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Variant } from './race.ts'

export { installFastApi } from './competitors/fastapi.ts'

const folder = join(import.meta.dirname, 'competitors')

const NAMES = {
  awilix: 'Fastify with @fastify/awilix',
  elysia: 'Elysia on Node',
  hono: 'Hono with @hono/zod-openapi',
  nest: 'NestJS on Fastify, request scope'
} as const

const ORMS = {
  drizzle: 'Drizzle in Fastify',
  typeorm: 'TypeORM in Fastify',
  'mikro-orm': 'MikroORM in Fastify'
} as const

export function competitors (): Variant[] {
  return variantsOf(NAMES)
}

/** With better-sqlite3 and pg. */
export function databaseCompetitors (): Variant[] {
  return variantsOf(ORMS)
}

function variantsOf (names: Readonly<Record<string, string>>): Variant[] {
  if (!existsSync(join(folder, 'node_modules'))) {
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--legacy-peer-deps'], { cwd: folder, stdio: 'inherit' })
  }
  return Object.entries(names).map(([file, name]) => ({ name, module: join(folder, `${file}.js`) }))
}

export const fastApi: Variant = { name: 'FastAPI on uvicorn', module: join(folder, 'fastapi.ts') }

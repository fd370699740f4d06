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

export function competitors (): Variant[] {
  if (!existsSync(join(folder, 'node_modules'))) {
    execFileSync('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock'], { cwd: folder, stdio: 'inherit' })
  }
  return Object.entries(NAMES).map(([file, name]) => ({ name, module: join(folder, `${file}.js`) }))
}

export const fastApi: Variant = { name: 'FastAPI on uvicorn', module: join(folder, 'fastapi.ts') }

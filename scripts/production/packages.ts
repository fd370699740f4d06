/**
 * Makes dependencies of what the reference app needs at run time, for an image without tools: `node scripts/production/packages.ts`
 * changes `package.json`, and leaves the lockfile to npm.
 *
 * @module
 */

import { readFileSync, writeFileSync } from 'node:fs'

/** Of `app.ts` and of routes; all others are peers of the plugins. */
const OF_THE_APP = ['@fastify/accepts', '@fastify/autoload', '@fastify/compress', '@fastify/cookie', '@fastify/helmet', '@fastify/rate-limit', '@fastify/under-pressure']
/** Peers that are tools. */
const TOOLS = ['openapi-fetch', 'openapi-typescript']

const { devDependencies, peerDependencies, peerDependenciesMeta, ...rest } = JSON.parse(readFileSync('package.json', 'utf8'))
const names = [...Object.keys(peerDependencies).filter(name => !TOOLS.includes(name)), ...OF_THE_APP].filter(name => name in devDependencies)
const dependencies = { ...rest.dependencies, ...Object.fromEntries(names.map(name => [name, devDependencies[name]])) }
writeFileSync('package.json', `${JSON.stringify({ ...rest, dependencies }, null, 2)}\n`)

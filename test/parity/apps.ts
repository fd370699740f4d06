/**
 * Finds the app of a scenario.
 *
 * `docs_src.query_params.tutorial001_py310:app` is `<apps>/query_params/tutorial001.ts`, `tests.test_x:app` is
 * `<apps>/tests/test_x.ts`, `docs_src.settings.app01.main:app` is `<apps>/settings/app01/main.ts` or
 * `<apps>/settings/app01.ts`. The endings of the tutorial's spellings (`_an`, `_py310`, `_an_py310`) may be left out, so
 * that all spellings share one app. `tests.test_x#test_y`, an app that a test makes, is `<apps>/tests/test_x.test_y.ts`.
 * `seed.hosts.cors` is `<apps>/seed/hosts.cors.ts`; a section without such a file is
 * `routes/<section>/`, mounted at `/` behind the plugins.
 *
 * @module
 */

import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import autoload from '@fastify/autoload'
import Fastify, { type FastifyInstance, type FastifyPluginAsync, type FastifyServerOptions } from 'fastify'
import { options as serverOptions } from '../../app.ts'
import { tables } from '../../schemas/tables.ts'
import { OKTA } from './okta-issuer.ts'
import './package-name.ts'
import { readScenarios, recordedScenarios, root, type Scenario, unlabelled } from './scenarios.ts'

/** What an app is made with: options for Fastify itself, and what the recording had set up besides. */
export interface AppOptions extends FastifyServerOptions {
  /** Replace the dependencies that the recording test replaced. */
  overrides?: boolean
  /** The environment of the app, where the recording test had set one. */
  env?: Readonly<Record<string, string>>
}

export type MakeApp = (options: AppOptions) => Promise<FastifyInstance> | FastifyInstance

export interface FoundApp {
  /** The file, or the folder of routes. */
  readonly path: string
  load (): Promise<MakeApp>
}

/** The plugins in front of a section's routes; `errors` comes first, as in app.ts. */
const PLUGINS = [
  'errors',
  'validation',
  'response-model',
  'responses',
  'db',
  'docs',
  'dependencies',
  'forms',
  'security',
  'jwt',
  'openid',
  'tasks',
  'templates'
]

/** Plugins that one section has besides. */
const ALSO: Readonly<Record<string, readonly string[]>> = { middleware: ['timing'] }

/** What FastAPI calls an app that does not say what it is called. */
const UNTITLED = { title: 'FastAPI' }

/** What the app of a section says about itself. */
const ABOUT: Readonly<Record<string, object>> = {
  basic: {
    title: 'My Super Project',
    description: 'This is a very fancy project, with auto docs for the API and everything',
    version: '6.6.6'
  }
}

/** What a plugin is given unless the app says otherwise: an empty database for each scenario, the secret of the recorded tokens, the templates that FastAPI rendered. */
const OPTIONS: Readonly<Record<string, object>> = {
  errors: { redirectSlashes: true },
  db: { url: 'sqlite::memory:', tables, migrations: join(root, 'schemas', 'migrations'), migrate: true },
  jwt: { secret: '09dsffs-a-test-secret-of-32-bytes!' },
  openid: OKTA,
  'response-model': { undeclaredText: 'json' },
  templates: { root: join(root, 'test', 'parity', 'templates') }
}

const SPELLING = /(_an)?(_py\d+)?$/

/** The files in which an app may stand, without their ending, the best first. */
export function candidates (app: string): string[] {
  const [module = '', object = 'app'] = app.split(':')
  const [origin, ...names] = module.split('.')
  if (origin === 'seed' || origin === 'new') return [`${origin}/${names.join('.')}`]
  const exact = [...origin === 'docs_src' ? [] : [origin], ...names].join('/').replaceAll('#', '.')
  const shared = exact.split('/').map(name => name.replace(SPELLING, '')).join('/')
  const paths = [exact, shared].flatMap(path => [path, path.replace(/\/main$/, '')])
  return [...new Set(paths.flatMap(path => [`${path}.${object}`, path]))]
}

/** @param dir the folder of the apps */
export function findApp (app: string, dir: string): FoundApp | undefined {
  for (const candidate of candidates(app)) {
    for (const extension of ['.ts', '.js']) {
      const path = join(dir, candidate + extension)
      if (existsSync(path)) return { path, load: () => loadModule(path) }
    }
  }
  const section = /^seed\.([a-z]+)$/.exec(app)?.[1]
  const path = join(root, 'routes', String(section))
  if (section !== undefined && existsSync(path)) return { path, load: async () => options => mount(path, options) }
  return undefined
}

/** The recorded scenarios to play: of the unlabelled ones, those that have an app. @param dir the folder of the apps */
export function playedScenarios (dir: string): Scenario[] {
  return [...recordedScenarios.flatMap(readScenarios), ...readScenarios(unlabelled).filter(({ app }) => findApp(app, dir) !== undefined)]
}

async function loadModule (path: string): Promise<MakeApp> {
  const { default: make } = await import(pathToFileURL(path).href)
  if (typeof make !== 'function') throw new Error(`${path} has no function as its default export`)
  return options => make({ ...serverOptions, ...options })
}

async function mount (dir: string, options: AppOptions): Promise<FastifyInstance> {
  const app = Fastify({ ...serverOptions, ...options })
  const section = basename(dir)
  await registerPlugins(app, { docs: ABOUT[section] ?? UNTITLED }, [...PLUGINS, ...ALSO[section] ?? []])
  await app.register(autoload, { dir, autoHooks: true, cascadeHooks: true })
  return app
}

/**
 * Registers those that exist.
 *
 * @param options by plugin
 */
export async function registerPlugins (app: FastifyInstance, options: Readonly<Record<string, object>> = {}, plugins = PLUGINS): Promise<void> {
  for (const name of plugins) {
    const file = join(root, 'plugins', name, 'index.ts')
    if (!existsSync(file)) continue
    const { default: plugin }: { default: FastifyPluginAsync<object> } = await import(pathToFileURL(file).href)
    await app.register(plugin, { ...OPTIONS[name], ...options[name] })
  }
}

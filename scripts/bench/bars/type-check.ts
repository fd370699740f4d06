import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Bar, Finding } from '../bar.ts'
import { apikitSource, fastifySource } from '../routes-source.ts'

const root = join(import.meta.dirname, '..', '..', '..')
const COUNTS = [100, 300, 1000]

interface Check {
  readonly instantiations: number
  readonly seconds: number
}

/** Runs tsc over one file, inside the repository so that it finds the packages. */
function check (source: string): Check {
  const dir = mkdtempSync(join(root, 'node_modules', '.bench-'))
  try {
    writeFileSync(join(dir, 'app.ts'), source)
    writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({
      extends: join(root, 'tsconfig.json'), compilerOptions: { noEmit: true, rootDir: '/', rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true }, include: [], files: ['app.ts']
    }))
    const { stdout: report } = spawnSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', dir, '--extendedDiagnostics'], { encoding: 'utf8' })
    const mistake = /^.*\bapp\.ts\(.*$/m.exec(report)?.[0]
    if (mistake !== undefined) throw new Error(mistake)
    const read = (name: string) => Number(new RegExp(`^${name}:\\s+([\\d.]+)`, 'm').exec(report)?.[1])
    return { instantiations: read('Instantiations'), seconds: read('Check time') }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

function findings (what: string, sourceOf: (routes: number) => string, goal: Finding['goal']): Finding {
  // The first route brings in the types of Fastify.
  const one = check(sourceOf(1))
  const each = COUNTS.map(count => {
    const { instantiations, seconds } = check(sourceOf(count))
    return { count, each: (instantiations - one.instantiations) / (count - 1), seconds: seconds - one.seconds }
  })
  const note = each.map(({ count, each, seconds }) => `${count.toLocaleString('en')} routes: ${Math.round(each).toLocaleString('en')} each, ${seconds.toFixed(1)} s`).join('; ')
  return { what, figure: Math.max(...each.map(({ each }) => each)), unit: 'instantiations a route', ...goal === undefined ? {} : { goal }, note }
}

export const typeCheck: Bar = {
  id: 'T10',
  title: 'Type check of many routes',
  run: async () => [
    findings('fastify-apikit, a dependency in each route', routes => apikitSource(join(root, 'plugins'), routes), { atMost: 2200 }),
    findings('Fastify with TypeBox, no dependencies', fastifySource, undefined)
  ]
}

/**
 * Packs the package as `npm publish` would.
 *
 * @module
 */

import { execFileSync } from 'node:child_process'
import { cpSync, globSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')

/**
 * Builds and packs the package in an empty folder.
 *
 * @returns what was built, and the tarball
 * @throws Error when the build or npm fails
 */
export function packInto (dir: string): { dist: string, tarball: string } {
  for (const file of globSync('{package.json,*.md,LICENSE,plugins/*/README.md,plugins/db/*/README.md,scripts/cli/README.md,.agents/skills/*/SKILL.md}', { cwd: root })) cpSync(join(root, file), join(dir, file))
  const dist = join(dir, 'dist')
  execFileSync(process.execPath, [join(root, 'scripts', 'build.ts'), '--out', dist])
  const packed = execFileSync('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: dir, encoding: 'utf8' })
  return { dist, tarball: join(dir, packed.trim()) }
}

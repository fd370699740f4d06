/**
 * The command line, in this process and as a process of its own.
 *
 * @module
 */

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'
import type { Test } from 'tap'
import { main } from '../scripts/cli/main.ts'

export const root = join(import.meta.dirname, '..')
export const bin = join(root, 'scripts', 'cli', 'index.ts')

/** A folder with these files, by path. Each has a name of its own: a module is imported once in a process. */
export function project (t: Test, files: Readonly<Record<string, string>> = {}, parent = join(root, '.tap', 'fixtures')): string {
  mkdirSync(parent, { recursive: true })
  const dir = mkdtempSync(join(parent, 'cli-'))
  t.teardown(() => { rmSync(dir, { recursive: true, force: true }) })
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true })
    writeFileSync(join(dir, path), text)
  }
  return dir
}

/** A specifier for apps in folders that have not installed the package: `plugin('db')`. */
export function plugin (name = ''): string {
  return JSON.stringify(pathToFileURL(join(root, 'plugins', name, 'index.ts')).href)
}

/** Runs a command in this process. */
export async function cli (cwd: string, ...args: string[]): Promise<{ code: number | undefined, out: string, err: string }> {
  let [out, err] = ['', '']
  const code = await main(args, { cwd, out: text => { out += text }, err: text => { err += text } })
  return { code, out, err }
}

export interface Running {
  readonly child: ChildProcess
  /** What it has printed until now. */
  readonly lines: readonly string[]
  /** Waits for a line, and fails when the process ends before. */
  readonly until: (pattern: RegExp) => Promise<string>
  /** Sends a signal, and waits for the end. */
  readonly end: (signal: NodeJS.Signals) => Promise<readonly [code: number | null, signal: string | null]>
}

/** Runs a command as a process, which ends with the test. */
export function running (t: Test, cwd: string, args: readonly string[], env: Record<string, string> = {}): Running {
  const child = spawn(process.execPath, [bin, ...args], { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  const lines: string[] = []
  const waiting = new Set<() => void>()
  const look = (): void => { for (const one of waiting) one() }
  const reader = createInterface(child.stdout)
  reader.on('line', line => {
    lines.push(line)
    look()
  })
  let isOver = false
  reader.on('close', () => {
    isOver = true
    look()
  })
  const exit = once(child, 'exit')
  return {
    child,
    lines,
    until: pattern => new Promise((resolve, reject) => {
      const check = (): void => {
        const found = lines.find(line => pattern.test(line))
        if (found === undefined && !isOver) return
        waiting.delete(check)
        if (found === undefined) reject(new Error(`ended before ${pattern}: ${lines.join('\n')}`))
        else resolve(found)
      }
      waiting.add(check)
      check()
    }),
    async end (signal) {
      child.kill(signal)
      return await exit as [number | null, string | null]
    }
  }
}

/**
 * FastAPI on uvicorn, one worker, with uvloop and httptools: a process below this one, in a virtual environment that is
 * made when it is first needed.
 *
 * @module
 */

import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const folder = join(import.meta.dirname, 'fastapi')
const python = join(folder, '.venv', 'bin', 'python')

/** Makes the environment; call it before anything is measured. */
export function installFastApi (): void {
  if (existsSync(python)) return
  execFileSync('python3', ['-m', 'venv', join(folder, '.venv')], { stdio: 'inherit' })
  execFileSync(python, ['-m', 'pip', 'install', '--quiet', '--requirement', join(folder, 'requirements.txt')], { stdio: 'inherit' })
}

let pid: number | undefined

export default async function listen (): Promise<number> {
  const child = spawn(python, [join(folder, 'app.py')], { stdio: ['pipe', 'pipe', 'inherit'] })
  pid = child.pid
  const [line] = await once(createInterface(child.stdout), 'line')
  return Number(line)
}

/** The kernel counts in hundredths of a second. */
const TICK = 10_000

/** The server's CPU time so far, in microseconds: Linux only. */
export function cpu (): number {
  const [, fields = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) /)
  const [user, system] = fields.split(' ').slice(11, 13).map(Number)
  return (Number(user) + Number(system)) * TICK
}

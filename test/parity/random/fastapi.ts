/**
 * FastAPI in an environment of Python: whether it is there in the recorded version, and served.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { VERSIONS } from '../recorded.ts'
import type { AppDescription } from './description.ts'

const VERSION = "import importlib.metadata as m; import uvicorn; print(*(m.version(p) for p in ('fastapi', 'starlette', 'pydantic')))"

/**
 * Returns what is missing, with the way to install it; `undefined` if FastAPI is there in the recorded version.
 *
 * @param python the interpreter of an environment
 */
export function missingFastapi (python: string): string | undefined {
  const { fastapi, starlette, pydantic } = VERSIONS
  const wanted = [fastapi, starlette, pydantic].join(' ')
  const { stdout, error } = spawnSync(python, ['-c', VERSION], { encoding: 'utf8' })
  const found = String(stdout ?? '').trim()
  if (found === wanted) return undefined
  const what = error !== undefined ? `${python} cannot be run (${error.message})` : found === '' ? `${python} has no FastAPI with uvicorn` : `${python} has FastAPI, Starlette and pydantic ${found}`
  return `${what}; needed: ${wanted}. Install them: python3 -m venv venv && venv/bin/pip install fastapi==${fastapi} starlette==${starlette} pydantic==${pydantic} ` +
    'python-multipart email-validator uvicorn httptools. Then name the interpreter: --python venv/bin/python, or FASTAPI_PYTHON'
}

/** FastAPI's apps, one below `/0`, one below `/1`, and so on. */
export class FastapiServer {
  readonly port: number
  readonly #child: ChildProcess
  readonly #directory: string

  private constructor (port: number, child: ChildProcess, directory: string) {
    this.port = port
    this.#child = child
    this.#directory = directory
  }

  static async open (python: string, apps: readonly AppDescription[]): Promise<FastapiServer> {
    const directory = mkdtempSync(join(tmpdir(), 'parity-'))
    const file = join(directory, 'apps.json')
    writeFileSync(file, JSON.stringify(apps))
    const script = join(import.meta.dirname, 'app.py')
    const env = { ...process.env, PYTHONHASHSEED: '0', PYTHONDONTWRITEBYTECODE: '1' }
    const child = spawn(python, ['-W', 'ignore', script, file], { env, stdio: ['ignore', 'pipe', 'inherit'] })
    for await (const line of createInterface({ input: child.stdout })) {
      const { port }: { port?: number } = JSON.parse(line)
      if (port !== undefined) return new FastapiServer(port, child, directory)
    }
    rmSync(directory, { recursive: true })
    throw new Error(`${python} has ended: see above.`)
  }

  async close (): Promise<void> {
    const exit = once(this.#child, 'exit')
    this.#child.kill('SIGKILL')
    await exit
    rmSync(this.#directory, { recursive: true })
  }
}

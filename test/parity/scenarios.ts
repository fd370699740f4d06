/**
 * Scenarios: exchanges recorded from real FastAPI, one app a line.
 *
 * @module
 */

import { join, resolve } from 'node:path'
import { readText, recordedDir } from './recorded.ts'

export const root = resolve(import.meta.dirname, '..', '..')

/** A header as it came: name in lower case, value. */
export type Header = readonly [name: string, value: string]

/** A body that is no JSON. */
export interface Content {
  readonly text?: string
  readonly base64?: string
}

export interface Expectation {
  readonly status: number
  readonly headers: readonly Header[]
  readonly json?: unknown
  readonly body?: Content | null
}

interface StepNotes {
  /** `false` compares the status only. */
  readonly deterministic?: boolean
  /** The recording test had replaced dependencies of the app by its own. */
  readonly overrides?: boolean
  /** JSON pointers that are not compared. */
  readonly ignore?: readonly string[]
  readonly ignore_headers?: readonly string[]
  /** JSON pointers to arrays that came from a set. */
  readonly unordered?: readonly string[]
  /** The error that the recorded app left unhandled. */
  readonly server_exception?: string
}

export interface HttpStep extends StepNotes {
  readonly type: 'http'
  readonly method: string
  /** As it was sent, percent-encoding kept. */
  readonly path: string
  readonly query: string
  readonly headers: readonly Header[]
  readonly body: Content | null
  readonly scheme?: 'http' | 'https'
  /** Keeps the `access_token` of the answer under a name. */
  readonly save?: string
  /** Sends the token of that name in place of the recorded one. */
  readonly use?: string
  readonly expect: Expectation
}

/** The text of a file in the app's working directory, after all background work. */
export interface FileStep {
  readonly type: 'file'
  readonly path: string
  readonly expect: { readonly text: string }
}

/** What one side of a WebSocket has sent, or that it was accepted. */
export interface Frame {
  readonly dir: 's2c' | 'c2s'
  readonly accept?: boolean
  readonly text?: string
  readonly close?: number
}

export interface WebSocketStep {
  readonly type: 'websocket'
  readonly path: string
  readonly query?: string
  readonly headers?: readonly Header[]
  readonly frames?: readonly Frame[]
  readonly overrides?: boolean
}

export type Step = HttpStep | FileStep | WebSocketStep

export interface Scenario {
  /** FastAPI's own name of the app, `docs_src.query_params.tutorial001_py310:app`, or `seed.<section>[.<variant>]`. */
  readonly app: string
  readonly steps: readonly Step[]
}

export function contentOf ({ text, base64 }: Content): Buffer {
  return base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64')
}

/** Those that FastAPI's tests make inside a test: there is no module to port, so only some have an app here. */
export const unlabelled: string = join(recordedDir, 'unlabelled.jsonl.gz')

export function readScenarios (file: string): Scenario[] {
  return readText(file).split('\n').filter(line => line.trim() !== '').map(line => JSON.parse(line))
}

/** The scenarios of each app, in the order in which the apps are first named. */
export function byApp (scenarios: readonly Scenario[]): Map<string, Scenario[]> {
  const apps = new Map<string, Scenario[]>()
  for (const scenario of scenarios) {
    const group = apps.get(scenario.app)
    if (group === undefined) apps.set(scenario.app, [scenario])
    else group.push(scenario)
  }
  return apps
}

/** The files of the recorded scenarios. */
export const recordedScenarios: readonly string[] = ['seed', 'scenarios', 'new'].map(name => join(recordedDir, `${name}.jsonl.gz`))

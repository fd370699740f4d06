/**
 * Types of the parts of nunjucks that are used, which its own types lack.
 *
 * @module
 */

import type nunjucks from 'nunjucks'

/** A compiled template or block. */
export type RenderFunction = (env: unknown, context: Context, frame: unknown, runtime: object, done: unknown) => void

/** The data of one rendering. */
export interface Context {
  getSuper (env: unknown, name: string, block: RenderFunction, ...rest: unknown[]): void
}

/** The functions that a compiled template calls. */
export interface Runtime {
  handleError (error: unknown, line: number, column: number): Error
  suppressValue (value: unknown, autoescape: boolean): unknown
  memberLookup (object: unknown, key: unknown, ...slice: unknown[]): unknown
  contextOrFrameLookup (context: object, frame: object, name: string): unknown
  markSafe (text: string): string
  readonly SafeString: new (...args: never[]) => object
}

export type Nunjucks = Omit<typeof nunjucks, 'compiler' | 'lib' | 'runtime' | 'installJinjaCompat'> & {
  readonly compiler: { compile (text: string, asyncFilters: unknown[], extensions: unknown[], name: string): string }
  readonly lib: { _prettifyError (path: string, withInternals: boolean, error: unknown): Error }
  readonly runtime: Runtime
  /** @returns A function that undoes it. */
  installJinjaCompat (): () => void
}

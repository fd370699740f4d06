/**
 * Runs compiled templates on a runtime other than nunjucks'.
 *
 * @module
 */

import type { Context, RenderFunction, Runtime } from './nunjucks.ts'

/** The functions of a template: `root` and one for each block. */
export type CompiledTemplate = Readonly<Record<string, RenderFunction>>

export function runsOn (runtime: Runtime): (template: CompiledTemplate) => CompiledTemplate {
  /** `super()` finds a block by the function in the compiled code, not by our wrapper. */
  const around = new WeakMap<RenderFunction, RenderFunction>()

  function adopt (context: Context): void {
    if (Object.hasOwn(context, 'getSuper')) return
    const { getSuper } = context
    context.getSuper = function (env, name, block, ...rest) {
      getSuper.call(this, env, name, around.get(block) as RenderFunction, ...rest)
    }
  }

  function wrap (render: RenderFunction): RenderFunction {
    const wrapped: RenderFunction = (env, context, frame, _runtime, done) => {
      adopt(context)
      render(env, context, frame, runtime, done)
    }
    around.set(render, wrapped)
    return wrapped
  }

  return template => Object.fromEntries(Object.entries(template).map(([key, render]) => [key, wrap(render)]))
}

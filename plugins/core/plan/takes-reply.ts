/**
 * Which functions can touch the reply. Those that surely cannot need no watching, and watching costs every request.
 *
 * @module
 */

type AnyFunction = (...args: never[]) => unknown

/**
 * Whether a handler may touch the reply. `false` only for an arrow function whose one parameter is a name or a plain
 * pattern: any other function can reach its second argument.
 */
export function takesReply (handler: AnyFunction): boolean {
  const text = textOf(handler)
  if (/^(?:async\s+)?[\w$]+\s*=>/.test(text)) return false
  const parameters = parametersOf(text)
  return parameters === undefined || parameters.count > 1 || !/^\s*=>/.test(parameters.rest)
}

const readers = new WeakSet<AnyFunction>()

/** Marks the factory of a dependency that looks at the reply, and changes nothing of it. */
export function onlyReadsReply<Factory extends AnyFunction> (factory: Factory): Factory {
  readers.add(factory)
  return factory
}

/** Whether the factory of a dependency may touch the reply, which is in its context by that name. */
export function factoryTakesReply (factory: AnyFunction): boolean {
  if (readers.has(factory)) return false
  const text = textOf(factory).replace(/^(?:async\s+)?function\s*\*?\s*[\w$]*/, '')
  const parameters = parametersOf(text)
  return parameters === undefined || parameters.count > 1 || !/^\s*(?:\{|$)/.test(parameters.text) || /(?<![\w$])reply(?![\w$])/.test(parameters.text)
}

function textOf (call: AnyFunction): string {
  return Function.prototype.toString.call(call)
}

interface Parameters {
  readonly text: string
  readonly count: number
  /** What stands behind the closing parenthesis. */
  readonly rest: string
}

/** The parameters in front of a function's text; `undefined` where they hold more than names: defaults, a rest, a comment. */
function parametersOf (text: string): Parameters | undefined {
  const start = /^(?:async\s*)?\s*\(/.exec(text)?.[0].length
  if (start === undefined) return undefined
  let [depth, count, at] = [1, 1, start]
  while (depth > 0) {
    const char = text.charAt(at++)
    if (char === ')' || char === '}') depth--
    else if (char === '{') depth++
    else if (char === ',' && depth === 1) count++
    else if (!/[\w$\s,:]/.test(char)) return undefined
  }
  return { text: text.slice(start, at - 1), count, rest: text.slice(at) }
}

/**
 * A process that calls the default export of a module with a number, and tells what it returns: `node called.ts <module> <number>`.
 *
 * @module
 */

import { pathToFileURL } from 'node:url'

const [, , module, number] = process.argv
const { default: call }: { default: (number: number) => Promise<unknown> } = await import(pathToFileURL(String(module)).href)
process.send?.(await call(Number(number)))

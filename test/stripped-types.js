/**
 * Takes the types out of the project's files once, and keeps the result: every test file, and every process that one
 * starts, would do it again for the hundreds of files it imports, half of the time it takes to start. Places in the text
 * stay the same, as coverage demands.
 *
 * @module
 */

import { hash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { join, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(import.meta.dirname, '..')
const kept = join(root, 'node_modules', '.cache', 'stripped-types', process.version)
const folders = ['plugins', 'routes', 'schemas', 'scripts', 'test'].map(name => String(pathToFileURL(join(root, name) + sep)))

registerHooks({
  load (url, context, next) {
    if (!url.endsWith('.ts') || !folders.some(folder => url.startsWith(folder))) return next(url, context)
    return { format: 'module', source: stripped(readFileSync(fileURLToPath(url), 'utf8')), shortCircuit: true }
  }
})

// Processes of tests have it as well.
if (!process.env.NODE_OPTIONS?.includes(import.meta.url)) process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} --import=${import.meta.url}`

function stripped (text) {
  const file = join(kept, hash('sha1', text))
  try {
    return readFileSync(file, 'utf8')
  } catch {
    const source = quietly(() => stripTypeScriptTypes(text))
    mkdirSync(kept, { recursive: true })
    // Other processes read it as soon as it has its name.
    writeFileSync(`${file}.${process.pid}`, source)
    renameSync(`${file}.${process.pid}`, file)
    return source
  }
}

/** Without Node's warning that this is experimental, which tests would find in the output of processes. */
function quietly (work) {
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    return work()
  } finally {
    process.emitWarning = emitWarning
  }
}

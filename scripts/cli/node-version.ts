/**
 * Refuses a Node that is too old, before anything is loaded that it does not have.
 *
 * @module
 */

/** As `engines` of package.json says. */
const OLDEST = [22, 22, 2] as const

/**
 * Ends the process with one sentence when Node is too old.
 *
 * @param version as in `process.versions.node`
 */
export function refuseOldNode (version: string, host: Pick<NodeJS.Process, 'exit' | 'stderr'>): void {
  const parts = version.split('.').map(Number)
  const differing = OLDEST.findIndex((part, index) => part !== parts[index])
  if (differing === -1 || Number(parts[differing]) > Number(OLDEST[differing])) return
  host.stderr.write(`fastify-apikit needs Node ${OLDEST.join('.')} or newer, which runs TypeScript. This is Node ${version}.\n`)
  host.exit(1)
}

/**
 * Refuses a Node that is too old, before anything is loaded that it does not have.
 *
 * @module
 */

/** As `engines` of package.json says. */
const [MAJOR, MINOR] = [22, 18]

/**
 * Ends the process with one sentence when Node is too old.
 *
 * @param version as in `process.versions.node`
 */
export function refuseOldNode (version: string, host: Pick<NodeJS.Process, 'exit' | 'stderr'>): void {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > MAJOR || (major === MAJOR && minor >= MINOR)) return
  host.stderr.write(`fastify-apikit needs Node ${MAJOR}.${MINOR} or newer, which runs TypeScript. This is Node ${version}.\n`)
  host.exit(1)
}

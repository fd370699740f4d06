/**
 * Ends a server with the npm that has started it. `npm start` hands a signal on to a shell, and most shells (dash, of
 * Debian) end at once without handing it on: the server would run on, and nothing would drain.
 *
 * @module
 * @see https://github.com/npm/cli/issues/6684
 */

/** Interval in milliseconds for checking the parent, which sends no signal when it ends. */
const INTERVAL = 200

/** Sends SIGTERM to this process when the shell of the npm script that started it has ended. Does nothing outside of npm scripts. */
export function endWithNpm (): void {
  const { ppid: shell, env } = process
  if (env.npm_lifecycle_event === undefined) return
  const timer = setInterval(() => {
    if (process.ppid === shell) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, INTERVAL).unref()
}

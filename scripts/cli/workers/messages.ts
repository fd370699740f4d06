/**
 * What the processes of an app say to each other.
 *
 * @module
 */

/** Variable of the environment that makes a process one of several. */
export const MEMBER = 'FASTIFY_APIKIT_WORKER'

/**
 * - `ready`: a worker listens.
 * - `lead`: a worker is to do what only one does.
 * - `drain`: a worker is to end.
 */
export type Message = 'ready' | 'lead' | 'drain'

/** Whether a message is ours, and this one. The app may send others. */
export function isMessage (message: unknown, kind: Message): boolean {
  return Object(message).apikit === kind
}

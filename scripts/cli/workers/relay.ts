/**
 * Passes the questions of a worker on to the others, and their answers back.
 *
 * @module
 */

import type { Talk } from '../../../plugins/core/other-workers.ts'
import type { Member } from './slot.ts'

type Messenger = Pick<Member, 'worker' | 'readyAt' | 'ending'>

/**
 * @param said any message: the app may send others
 * @param from that which has sent it
 */
export function relay (said: unknown, from: Messenger, members: Iterable<Messenger>): void {
  const message: Talk = Object(said)
  if (message.apikit === 'ask') {
    const { id, topic } = message
    // Those that are replaced have successors of the same number.
    const others = [...members].filter(member => member !== from && member.readyAt !== undefined && member.ending === undefined)
    for (const member of others) tell(member, { apikit: 'question', id, topic, from: from.worker.id })
    tell(from, { apikit: 'asked', id, count: others.length })
  } else if (message.apikit === 'answer') {
    for (const member of members) if (member.worker.id === message.to) tell(member, message)
  }
}

function tell ({ worker }: Messenger, message: Talk): void {
  if (worker.isConnected()) worker.send(message)
}

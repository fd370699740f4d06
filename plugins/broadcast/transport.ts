/**
 * What carries messages from one process to the others.
 *
 * @module
 */

/** Told by a transport. */
export interface Receiver {
  /** A text has arrived. */
  receive (channel: string, text: string): void
  /** Texts may have been missed: the connection was lost. */
  lost (reason: string): void
}

export interface Transport {
  /** Whether messages get through at present. */
  readonly isConnected: boolean
  /** @throws when the server cannot be reached */
  open (receiver: Receiver): Promise<void>
  /** Resolved when texts arrive. */
  listen (channel: string): Promise<void>
  unlisten (channel: string): Promise<void>
  /** Resolved when the server has the text. */
  send (channel: string, text: string): Promise<void>
  close (): Promise<void>
}

/** Within one process. */
export class MemoryTransport implements Transport {
  readonly isConnected = true
  #receiver: Receiver | undefined

  async open (receiver: Receiver): Promise<void> { this.#receiver = receiver }
  async listen (): Promise<void> {}
  async unlisten (): Promise<void> {}
  async send (channel: string, text: string): Promise<void> { this.#receiver?.receive(channel, text) }
  async close (): Promise<void> {}
}

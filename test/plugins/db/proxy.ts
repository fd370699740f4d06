import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Test } from 'tap'

/** A server in front of PostgreSQL that can go away and come back, or fall silent, as a network does that drops packets. */
export async function proxy (t: Test, url: string) {
  const sockets = new Set<Socket>()
  let isSilent = false
  const server = createServer(socket => {
    const far = connect(Number(new URL(url).port), new URL(url).hostname)
    for (const [one, other] of [[socket, far], [far, socket]] as const) {
      sockets.add(one)
      one.on('error', () => {}).on('close', () => { socket.destroy(); far.destroy(); sockets.delete(one) })
      one.on('data', data => { if (!isSilent) other.write(data) })
    }
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const proxied = new URL(url)
  proxied.host = `127.0.0.1:${port}`
  const leave = async () => {
    if (!server.listening) return
    const closed = once(server.close(), 'close')
    for (const socket of sockets) socket.destroy()
    await closed
  }
  t.teardown(leave)
  return {
    url: proxied.href,
    leave,
    comeBack: async () => { await once(server.listen(port, '127.0.0.1'), 'listening') },
    fallSilent: () => { isSilent = true },
    speak: () => { isSilent = false }
  }
}

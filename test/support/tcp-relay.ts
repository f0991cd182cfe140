import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** Passes bytes between clients and a server on this host, and can change what the server says. */
export interface TcpRelay {
  readonly port: number
  /** Applied to every chunk from the server, from now on. The chunk may be changed in place. */
  change(how: (chunk: Buffer) => void): void
  /** The server is heard no more on a connection on which a client says this. null: it is heard again on new ones. */
  silenceAt(words: string | Buffer | null): void
  close(): Promise<void>
}

export async function startTcpRelay(toPort: number): Promise<TcpRelay> {
  const sockets = new Set<Socket>()
  let how: (chunk: Buffer) => void = () => undefined
  let silencer: string | Buffer | null = null
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: toPort, noDelay: true })
    client.setNoDelay(true)
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
        sockets.delete(socket)
      })
    }
    let silent = false
    client.on('data', (chunk) => {
      if (silencer !== null && chunk.includes(silencer)) silent = true
      upstream.write(chunk)
    })
    upstream.on('data', (chunk) => {
      if (silent) return
      how(chunk)
      client.write(chunk)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    change: (next) => {
      how = next
    },
    silenceAt: (words) => {
      silencer = words
    },
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

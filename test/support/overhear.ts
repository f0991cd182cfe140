import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type ListenOptions, type NetConnectOpts } from 'node:net'

/** Passes bytes between clients and a server, and keeps what each side said. */
export interface Overheard {
  /** Of a relay on TCP. */
  readonly port: number
  /** Everything since the last call. */
  take(): { readonly client: Buffer; readonly server: Buffer }
  close(): Promise<void>
}

export async function overhear(listen: ListenOptions, to: NetConnectOpts): Promise<Overheard> {
  let said: { client: Buffer[]; server: Buffer[] } = { client: [], server: [] }
  const relay = createServer((client) => {
    const server = connect(to)
    client.on('data', (bytes) => said.client.push(bytes)).pipe(server)
    server.on('data', (bytes) => said.server.push(bytes)).pipe(client)
    for (const socket of [client, server])
      socket.on('error', () => {
        client.destroy()
        server.destroy()
      })
  })
  relay.listen(listen)
  await once(relay, 'listening')
  const address = relay.address() as AddressInfo | string
  return {
    port: typeof address === 'string' ? 0 : address.port,
    take() {
      const { client, server } = said
      said = { client: [], server: [] }
      return { client: Buffer.concat(client), server: Buffer.concat(server) }
    },
    async close() {
      relay.close()
      await once(relay, 'close')
    },
  }
}

import { createServer } from 'node:net'

/**
 * A port that nobody listens on, and that nobody else who asks here is given while this process lives.
 *
 * Not one of the kernel's own choice: those come from the range of outgoing connections, so that between the answer
 * and the server's start any of a load test's thousands of connections may have got it. Who listens on a port's
 * twin owns the port, whatever process of whatever run asks: the kernel gives it back when that process ends.
 */
export async function freePort(): Promise<number> {
  const start = process.pid * 7 + given
  for (let tried = 0; tried < portCount; tried++) {
    const port = firstPort + ((start + tried) % portCount)
    if (!(await claim(port + portCount))) continue
    given = given + tried + 1
    if (await canListen(port)) return port
  }
  throw new Error(`none of the ${portCount} ports from ${firstPort} on is free`)
}

/** Below the environments' blocks (20,000...) and the range of outgoing connections (32,768...); the twins follow. */
const firstPort = 10_000
const portCount = 5_000

let given = 0

function claim(twin: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer().unref()
    server.once('error', () => resolve(false))
    server.listen(twin, '127.0.0.1', () => resolve(true))
  })
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

import { spawn } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'

const running = new Set()

/**
 * Starts a server in the background. `kill` is SIGKILL and waits until it is gone; `alive` is false once it ended by
 * itself. `tail` are the last lines of its log.
 */
export function startServer({ command, args, env, log }) {
  const out = openSync(log, 'a')
  // A group of its own, so that the scripts of a state transfer end with it.
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', out, out],
    detached: true,
  })
  const gone = new Promise((resolve) => {
    child.once('exit', resolve)
    child.once('error', resolve)
  })
  const server = {
    get alive() {
      return child.exitCode === null && child.signalCode === null
    },
    async kill() {
      if (child.pid === undefined) return
      try {
        process.kill(-child.pid, 'SIGKILL')
      } catch (error) {
        if (error.code !== 'ESRCH') throw error
      }
      await gone
    },
    tail: () => telling(readFileSync(log, 'utf8').trimEnd().split('\n')),
  }
  running.add(server)
  gone.then(() => running.delete(server))
  return server
}

/** Its last errors, else its last lines: servers go on talking for long after what went wrong. */
function telling(lines) {
  const errors = lines.filter((line) => /error/i.test(line))
  return (errors.length > 0 ? errors : lines).slice(-15).join('\n')
}

/** Whatever happened before: nothing is left running. */
export async function killAll() {
  await Promise.all([...running].map((server) => server.kill()))
}

export async function freePorts(count) {
  const servers = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise((resolve, reject) => {
          const server = createServer()
          server.once('error', reject)
          server.listen(0, '127.0.0.1', () => resolve(server))
        }),
    ),
  )
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** Polls until `test` is true; `what` and the servers' own words are in the error when it does not become so. */
export async function until(test, { what, limitMs, signal, servers = [] }) {
  const deadlineMs = performance.now() + limitMs
  for (;;) {
    signal.throwIfAborted()
    if (await test().catch(() => false)) return
    const dead = servers.find((server) => !server.alive)
    if (dead || performance.now() > deadlineMs)
      throw new Error(`gave up waiting: ${what}\n${(dead ?? servers[0])?.tail() ?? ''}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

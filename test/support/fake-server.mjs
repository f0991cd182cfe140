// A server for tests of runtimes: `node fake-server.mjs <mode> <port>`. It greets with `hello` on its port.
//   well      ends on SIGTERM with code 0
//   stubborn  ignores SIGTERM
//   silent    never listens
//   dying     writes 30 lines and ends with code 3
//   forking   like well, with a helper in its session and one in a session of its own
import { spawn } from 'node:child_process'
import { createServer } from 'node:net'

const [mode, port] = process.argv.slice(2)

if (mode === 'dying') {
  for (let line = 1; line <= 30; line++) process.stdout.write(`line ${line} of a sad story\n`)
  process.exitCode = 3
} else {
  process.on('SIGTERM', () => {
    if (mode !== 'stubborn') process.exit(0)
  })
  if (mode === 'forking') {
    for (const detached of [false, true]) spawn('sleep', ['1000'], { detached, stdio: 'ignore' }).unref()
  }
  process.stdout.write(`started as ${mode}\n`)
  if (mode === 'silent') setInterval(() => undefined, 1000)
  else createServer((socket) => socket.end('hello')).listen(Number(port), '127.0.0.1')
}

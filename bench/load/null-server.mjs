// A server of the MySQL protocol that knows nothing: it lets everybody in, prepares everything, and answers each execution
// with the same row. What a client costs against it is the client's own cost and that of the sockets.
//
// Run as a program with the path of a unix socket; prints a line when it listens.
import { createServer } from 'node:net'

const packet = (sequence, ...bytes) => Buffer.from([bytes.length, 0, 0, sequence, ...bytes])
const ok = [0x00, 0, 0, 2, 0, 0, 0]

/** MariaDB with protocol 4.1, plugins, no EOF packets, and columns described once. */
const greeting = packet(
  0,
  10,
  ...Buffer.from('10.11.0-null\0'),
  ...[1, 0, 0, 0],
  ...Buffer.from('12345678\0'),
  ...[0x00, 0xa2, 45, 2, 0, 0x08, 0x01, 21],
  ...[0, 0, 0, 0, 0, 0, 1 << 4, 0, 0, 0],
  ...Buffer.from('123456789012\0'),
  ...Buffer.from('mysql_native_password\0'),
)
const text = (value) => [value.length, ...Buffer.from(value)]
const column = [
  ...text('def'),
  ...Array(5).fill(text('c')).flat(),
  0x0c,
  45,
  0,
  120,
  0,
  0,
  0,
  0xfe,
  0,
  0,
  0,
  0,
  0,
]
const prepared = Buffer.concat([
  packet(1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0),
  packet(2, ...column),
  packet(3, ...column),
])
/** A text of 119 characters, as sysbench has it. */
const row = Buffer.concat([
  packet(1, 1, 0),
  packet(2, 0, 0, ...text(Array(10).fill('12345678901').join('-'))),
  packet(3, 0xfe, 0, 0, 2, 0, 0, 0),
])

createServer((socket) => {
  let loggedIn = false
  socket.on('error', () => socket.destroy())
  socket.on('data', (bytes) => {
    if (!loggedIn) {
      loggedIn = true
      socket.write(packet(2, ...ok))
    } else if (bytes[4] === 0x17) socket.write(row)
    else if (bytes[4] === 0x16) socket.write(prepared)
    else socket.end()
  })
  socket.write(greeting)
}).listen(process.argv[2], () => process.stdout.write('listening\n'))
process.stdin.on('end', () => process.exit(0)).resume()

// A closed loop of single-row durable updates over the wire: prepared once per session, then one packet out and one in per
// transaction, from buffers that are used again. About 6 us of client CPU each, so that the servers are what is measured.
// Run as a process of its own: `node update-client.mjs '{"host":...}'`; it says "ready", and at each line of its input that
// is a number of milliseconds runs for that long and answers with one line of JSON.
import { createInterface } from 'node:readline'
import { dist } from '../frame/dist.mjs'

const options = JSON.parse(process.argv[2] ?? '{}')
const { RawSession } = await dist('clients/binlog/raw-session.js')

const rowCount = 10_000
const sql = 'UPDATE bench.kv SET value = value + 1 WHERE id = ?'

/** One session; `#onAnswer` is called once per answer of the server. */
class Client {
  free = Buffer.allocUnsafeSlow(4096)
  #seen = 0
  #packets = 0
  #onAnswer = () => undefined
  #session = null
  #execute = Buffer.alloc(4 + 10 + 1 + 1 + 2 + 8)
  #seed
  #running = false
  #startedMs = 0
  counts = { ok: 0, failed: 0 }
  latencies = new Uint32Array(1 << 16)

  constructor(index) {
    this.#seed = index * 7919 + 17
  }

  async open() {
    this.#session = await RawSession.open(options.target, { connectTimeoutMs: 10_000 }, this)
    const prepare = Buffer.alloc(5 + sql.length)
    prepare.writeUIntLE(1 + sql.length, 0, 3)
    prepare[4] = 0x16
    prepare.write(sql, 5, 'latin1')
    // The statement, its one parameter, and the end of the parameters.
    await new Promise((done) => {
      this.#onAnswer = (start) => {
        if (this.#packets++ === 0) this.#prepared(this.free.readUInt32LE(start + 1))
        if (this.#packets === 3) done()
      }
      this.#session.handOver(prepare)
    })
    this.#onAnswer = (start) => this.#answered(this.free[start] === 0)
  }

  run() {
    this.#running = true
    this.#next()
  }

  stop() {
    this.#running = false
  }

  /** The socket has put bytes into `free`. */
  received(length) {
    this.#seen += length
    let at = 0
    while (this.#seen - at >= 4) {
      const end = at + 4 + this.free.readUIntLE(at, 3)
      if (end > this.#seen) break
      this.#onAnswer(at + 4)
      at = end
    }
    this.free.copyWithin(0, at, this.#seen)
    this.#seen -= at
    return true
  }

  /** COM_STMT_EXECUTE with one BIGINT. */
  #prepared(statement) {
    const packet = this.#execute
    packet.writeUIntLE(packet.length - 4, 0, 3)
    packet[4] = 0x17
    packet.writeUInt32LE(statement, 5)
    packet.writeUInt32LE(1, 10)
    packet[15] = 1
    packet[16] = 8
  }

  #next() {
    this.#seed = (Math.imul(this.#seed, 1664525) + 1013904223) >>> 0
    this.#execute.writeUInt32LE(this.#seed % rowCount, 18)
    this.#startedMs = performance.now()
    this.#session.write(this.#execute)
  }

  #answered(ok) {
    if (ok) this.counts.ok++
    else this.counts.failed++
    const hundredths = Math.min(
      this.latencies.length - 1,
      Math.round((performance.now() - this.#startedMs) * 100),
    )
    this.latencies[hundredths]++
    if (this.#running) this.#next()
  }
}

const clients = Array.from({ length: options.connections }, (_, index) => new Client(options.first + index))
for (const client of clients) await client.open()
process.stdout.write('ready\n')

for await (const line of createInterface({ input: process.stdin })) {
  for (const client of clients) {
    client.counts = { ok: 0, failed: 0 }
    client.latencies.fill(0)
    client.run()
  }
  const startedMs = performance.now()
  const cpu = process.cpuUsage()
  await new Promise((done) => setTimeout(done, Number(line)))
  const elapsedMs = performance.now() - startedMs
  for (const client of clients) client.stop()
  const { user, system } = process.cpuUsage(cpu)
  const ok = clients.reduce((sum, { counts }) => sum + counts.ok, 0)
  const failed = clients.reduce((sum, { counts }) => sum + counts.failed, 0)
  const latency = percentiles(clients.map(({ latencies }) => latencies))
  process.stdout.write(`${JSON.stringify({ ok, failed, elapsedMs, cpuMicros: user + system, latency })}\n`)
}
process.exit(0)

/** In milliseconds, from buckets of a hundredth. */
function percentiles(tables) {
  const sums = new Float64Array(tables[0].length)
  for (const table of tables) for (let each = 0; each < table.length; each++) sums[each] += table[each]
  const total = sums.reduce((sum, count) => sum + count, 0)
  const at = (share) => {
    let seen = 0
    for (let each = 0; each < sums.length; each++) {
      seen += sums[each]
      if (seen >= total * share) return each / 100
    }
    return sums.length / 100
  }
  return { p50: at(0.5), p99: at(0.99), max: at(1) }
}

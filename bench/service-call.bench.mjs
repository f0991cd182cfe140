// What one service call costs with nothing behind it: CPU of the server and of the client, per call over a kept connection.
//
// Flags: --connections N (default 50), --rounds N (default 3), --seconds N per round (default 2). The server is a process
// of its own with the HTTP front of the subsystem host; its operation answers a customer's data at once. This is what
// `customer,via=http` pays beyond `customer,via=direct`, once for each call of an operation.
import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { dist } from './frame/dist.mjs'

const { values: flags } = parseArgs({
  options: {
    serve: { type: 'boolean' },
    connections: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    yes: { type: 'boolean', short: 'y' },
  },
})

if (flags.serve) await serve()
else await measure()

async function serve() {
  const { openTripleServer } = await dist('platform/triple-server.js')
  const { openSequence } = await dist('platform/sequence.js')
  const { systemClock: clock } = await dist('kit/clock.js')
  const { seededRandom } = await dist('kit/random.js')
  const customer = {
    ...{ customerId: '1000000001', name: 'Wang Wei', sex: 'M', birthDate: '1980-01-01' },
    ...{ identityNo: '339900198001010011', mobile: '14200000000', countyCode: '330102' },
    ...{ address: '123 Renmin Road', openedOn: '2020-01-01', status: 'A', rowVersion: 3 },
  }
  const server = await openTripleServer({
    ...{ host: '127.0.0.1', port: 0, clock, sequence: openSequence({ clock, rng: seededRandom(1) }) },
    dispatch: async () => customer,
    page: async () => null,
    onFailure: (error) => console.error(error),
  })
  process.on('message', () => process.send(process.cpuUsage()))
  process.on('disconnect', () => process.exit(0))
  process.send({ port: server.port })
}

async function measure() {
  const { openHttpBank } = await dist('load/bank/http-bank.js')
  const server = fork(fileURLToPath(import.meta.url), ['--serve'])
  const heard = () => new Promise((resolve) => server.once('message', resolve))
  const { port } = await heard()
  const bank = openHttpBank({ url: `http://127.0.0.1:${port}` })
  const request = {
    ...{ interfaceName: 'cn.corelab.cif.PersonService', method: 'get', le: 'E01', idempotencyKey: null },
    argument: { customerId: '1000000001' },
  }
  let calls = 0
  let over = false
  const clients = Array.from({ length: Number(flags.connections) }, async () => {
    const door = bank.openDoor()
    for (; !over; calls++) await door.call(request)
    await door.close()
  })
  const books = async () => {
    const own = process.cpuUsage()
    server.send('cpu')
    const other = await heard()
    return { calls, client: own.user + own.system, server: other.user + other.system }
  }
  const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  await pause(2)
  for (let round = 1; round <= Number(flags.rounds); round++) {
    const before = await books()
    await pause(Number(flags.seconds))
    const after = await books()
    const count = after.calls - before.calls
    const cpu = (side) => ((after[side] - before[side]) / count).toFixed(1)
    const rate = Math.round(count / Number(flags.seconds))
    console.log(
      `round ${round}: ${rate} calls/s, server ${cpu('server')} us, client ${cpu('client')} us of CPU per call`,
    )
  }
  over = true
  await Promise.all(clients)
  server.kill()
  process.exit(0)
}

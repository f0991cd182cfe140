// (a) A master and nothing else, acknowledged by nobody, by qlink, or by MariaDB's own semi-sync slave.
import { startClient, takeFigures } from './load-client.mjs'

export const sides = ['none', 'qlink', 'slave']

const warmUpMs = 1500

/** Blocks of load, the sides in turn, there and back in each round (ABBA). */
export async function measureAlone(servers, { rounds, seconds, loads, signal, add, say }) {
  for (const connections of loads) {
    const clients = {}
    for (const side of sides) clients[side] = await startClient(servers.masters[side], connections)
    for (const side of sides) await clients[side].run(warmUpMs)
    for (let round = 0; round < rounds; round++)
      for (const side of [...sides, ...sides.toReversed()]) {
        if (signal.aborted) break
        await clients[side].run(warmUpMs / 3)
        const parts = { master: servers.masters[side], qlink: side === 'qlink' ? servers.qlink : null }
        const run = await takeFigures(parts, () => clients[side].run(seconds * 1000))
        const tps = (run.ok * 1000) / run.elapsedMs
        add({ part: 'alone', side, connections, round, tps, ...run })
        say(`alone, ${connections} connections, round ${round + 1}: ${side.padEnd(6)}${Math.round(tps)} TPS`)
      }
    for (const side of sides) clients[side].end()
  }
}

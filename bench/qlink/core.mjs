// (b) The whole core: in both arms the clock runs until the shadow and both slaves have applied everything.
//
// One core serves both arms, so that they differ in nothing but the acknowledgement: without it, the epoch is sealed and
// semi-sync is off; with it, the next epoch is opened and qlink has caught up before the load begins.
import { startClient, takeFigures } from './load-client.mjs'
import { until } from './servers.mjs'

export const sides = ['none', 'qlink']

const warmUpMs = 1000
const catchUpLimitSeconds = 300

export async function measureCore(core, { rounds, seconds, loads, signal, add, say }) {
  for (const connections of loads) {
    const client = await startClient(core.master, connections)
    for (let round = 0; round < rounds; round++)
      for (const side of [...sides, ...sides.toReversed()]) {
        if (signal.aborted) break
        await use(core, side)
        await client.run(warmUpMs)
        await allCaughtUp(core)
        const parts = { master: core.master, qlink: side === 'qlink' ? core.qlink : null }
        const startedMs = performance.now()
        let wholeMs = 0
        const run = await takeFigures(parts, async () => {
          const ran = await client.run(seconds * 1000)
          await allCaughtUp(core)
          wholeMs = performance.now() - startedMs
          return ran
        })
        const tps = (run.ok * 1000) / wholeMs
        add({ part: 'core', side, connections, round, tps, wholeMs, ...run })
        say(`core, ${connections} connections, round ${round + 1}: ${side.padEnd(6)}${Math.round(tps)} TPS`)
      }
    client.end()
  }
}

async function use({ master, shadow, qlink }, side) {
  const { phase, epoch } = await qlink.client.status()
  if (side === 'none') {
    if (phase === 'open') await qlink.client.seal({ term: 0, epoch })
    await master.admin.query('SET GLOBAL rpl_semi_sync_master_enabled = OFF')
    return
  }
  if (phase !== 'open') {
    await master.admin.query('SET GLOBAL rpl_semi_sync_master_enabled = ON')
    const leader = { node: master.node, ...master.target }
    await qlink.client.open({ term: 0, epoch: epoch + 1, leader })
  }
  await qlink.client.shadow({ term: 0, shadow: { node: shadow.node, ...shadow.target } })
  await until('qlink has what was written without it', async () => {
    const { durable } = await qlink.client.status()
    const position = await positionOf(master)
    if (durable.gtid !== position) throw new Error(`${durable.gtid} instead of ${position}`)
  })
}

async function allCaughtUp({ master, shadow, slaves }) {
  const position = await positionOf(master)
  for (const node of [shadow, ...slaves]) {
    const sql = `SELECT MASTER_GTID_WAIT('${position}', ${catchUpLimitSeconds}) AS outcome`
    const [row] = await node.admin.query(sql)
    if (Number(row.outcome) !== 0) throw new Error(`${node.node} did not catch up with ${position}`)
  }
}

async function positionOf({ admin }) {
  const [row] = await admin.query('SELECT @@gtid_binlog_pos AS position')
  return row.position
}

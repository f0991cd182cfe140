// The load client as a process of its own, and what of the CPU each process took meanwhile.
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { dist } from '../frame/dist.mjs'

const { readCpuMs } = await dist('sys/proc-stat.js')

/** Resolves when all its sessions are open and have their statement prepared. */
export async function startClient(master, connections) {
  const password = master.secrets.database.workload
  const target = { ...master.target, user: 'corelab_workload', password }
  const options = { target, connections, first: 0 }
  const file = fileURLToPath(new URL('./update-client.mjs', import.meta.url))
  const child = spawn(process.execPath, [file, JSON.stringify(options)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    async run(ms) {
      child.stdin.write(`${Math.round(ms)}\n`)
      const { value } = await lines.next()
      if (value === undefined) throw new Error('the load client has ended')
      return JSON.parse(value)
    },
    end: () => child.stdin.end(),
  }
}

/** What a block of load costs, by process. `qlink` is null on the side that has none. */
export async function takeFigures({ master, qlink }, run) {
  const look = async () => ({
    masterMicros: readCpuMs(master.pid) * 1000,
    groups: await groupsOf(master.admin),
    qlink: qlink && (await qlink.client.status()).counters,
  })
  const before = await look()
  const result = await run()
  const after = await look()
  const each = (value) => value / result.ok
  const { commits, groups } = after.groups
  const figures = {
    ...result,
    clientCpuMicros: each(result.cpuMicros),
    masterCpuMicros: each(after.masterMicros - before.masterMicros),
    transactionsPerGroup: (commits - before.groups.commits) / (groups - before.groups.groups),
  }
  if (qlink === null) return figures
  const received = after.qlink.transactions - before.qlink.transactions
  return {
    ...figures,
    qlinkCpuMicros: (after.qlink.cpuMicros - before.qlink.cpuMicros) / received,
    syncsPerTransaction: (after.qlink.syncs - before.qlink.syncs) / received,
    residentBytes: after.qlink.residentBytes,
  }
}

/** How many transactions shared one sync of the master's binlog. */
async function groupsOf(admin) {
  const rows = await admin.query("SHOW GLOBAL STATUS LIKE 'Binlog_%commits'")
  const of = (name) => Number(rows.find((row) => row.Variable_name === name)?.Value)
  return { commits: of('Binlog_commits'), groups: of('Binlog_group_commits') }
}

// (c) How much memory qlink needs while one transaction of 1 GiB passes through it.

const rowBytes = 1024 * 1024
const rows = 1024

/** Inserts 1024 rows of 1 MiB in one transaction, and watches qlink meanwhile. Answers the peak and lines that tell it. */
export async function bigTransaction({ masters, qlink, secrets }) {
  const { connect } = masters.qlink
  const workload = await connect('corelab_workload', secrets.database.workload)
  await workload.query('CREATE TABLE bench.big (id BIGINT PRIMARY KEY, payload LONGBLOB NOT NULL)')
  const before = await qlink.client.status()
  let peakBytes = 0
  let largestDelayMs = 0
  const ending = new AbortController()
  const watched = qlink.client.watch(({ counters, loopDelayMs }) => {
    peakBytes = Math.max(peakBytes, counters.residentBytes)
    largestDelayMs = Math.max(largestDelayMs, loopDelayMs)
  }, ending.signal)
  const startedMs = performance.now()
  await workload.query(
    `INSERT INTO bench.big SELECT seq, REPEAT('x', ${rowBytes}) FROM bench.seq_1_to_${rows}`,
  )
  const elapsedMs = performance.now() - startedMs
  const after = await qlink.client.status()
  ending.abort()
  await watched
  await workload.close()
  const mib = (bytes) => `${(bytes / 1048576).toFixed(0)} MiB`
  const lines = [
    `one transaction of ${mib(after.durable.bytes - before.durable.bytes)} took ${(elapsedMs / 1000).toFixed(1)} s`,
    `qlink: ${mib(before.counters.residentBytes)} before, ${mib(peakBytes)} at most (target <= 256 MiB); ` +
      `its event loop was late by ${largestDelayMs} ms at worst`,
    `${after.counters.syncs - before.counters.syncs} syncs reported a transaction`,
  ]
  return { peakBytes, largestDelayMs, elapsedMs, lines }
}

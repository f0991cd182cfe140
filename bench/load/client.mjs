// One driver as a process of its own: runs the plans that it gets, a line of JSON each, and answers with what was seen.
import { createInterface } from 'node:readline'
import { dist } from '../frame/dist.mjs'

const { systemClock } = await dist('kit/clock.js')
const { LogHistogram } = await dist('kit/log-histogram.js')
const { startLoad } = await dist('load/engine/run-load.js')
const stop = new AbortController()
const context = { clock: systemClock, emit: () => undefined, signal: stop.signal }

for await (const line of createInterface({ input: process.stdin })) {
  const record = await startLoad(JSON.parse(line), context).finished
  const { classes, windowMs, schedule, counted, abandoned, clientCpuMs, ended } = record
  const latency = new LogHistogram()
  latency.add(record.latency)
  const ok = classes.reduce((sum, each) => sum + each.ok, 0)
  const answer = {
    ended,
    ok,
    errors: classes.reduce((sum, each) => sum + each.failed + each.unknown, 0) + abandoned,
    perSecond: (ok * 1000) / windowMs,
    p95Us: latency.percentileUs(95),
    p99Us: latency.percentileUs(99),
    cpuUs: (clientCpuMs * 1000) / ok,
    rowsVerified: counted.rowsVerified ?? 0,
    schedule,
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`)
}

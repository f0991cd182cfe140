// The hot paths, each as a task that does `batch` operations: a single one is shorter than what a clock can tell.
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { dist } from '../frame/dist.mjs'

const batch = 1000

/** `{name, batch, run, unit, targetNs, end}` of each. */
export async function hotPaths() {
  return [
    await packetScan(),
    await executeEncode(),
    await histogramRecord(),
    await recording(),
    await rows(),
    await history(),
  ]
}

async function packetScan() {
  const { ReplyScanner } = await dist('clients/mysql/wire/reply-scanner.js')
  const packet = (sequence, ...bytes) => Buffer.from([bytes.length, 0, 0, sequence, ...bytes])
  const reply = Buffer.concat([
    packet(1, 1, 0),
    packet(2, 0, 0, 119, ...Buffer.alloc(119, 'x')),
    packet(3, 0xfe, 0, 0, 2, 0, 0, 0),
  ])
  const scanner = new ReplyScanner(true)
  const columns = [{ type: 0xfe, unsigned: false }]
  const run = () => {
    for (let each = 0; each < batch; each++) {
      scanner.begin(columns, false)
      scanner.feed(reply, reply.length)
    }
  }
  return { name: 'packet scan', unit: 'reply', batch, run }
}

async function executeEncode() {
  const { ExecuteRequest } = await dist('clients/mysql/wire/execute-request.js')
  const request = new ExecuteRequest(1, 1)
  const values = [0]
  const run = () => {
    for (let each = 0; each < batch; each++) {
      values[0] = each * 1_000_003
      request.stamp(values)
    }
  }
  return { name: 'execute encode', unit: 'request', batch, run }
}

async function histogramRecord() {
  const { LogHistogram } = await dist('kit/log-histogram.js')
  const histogram = new LogHistogram()
  const run = () => {
    for (let each = 0; each < batch; each++) histogram.record(100 + each * 37)
  }
  return { name: 'histogram record', unit: 'record', batch, run }
}

/** All that the engine writes down of one operation: totals, class, histogram, second. */
async function recording() {
  const { ThreadCounts, outcomeIndex } = await dist('load/engine/thread-counts.js')
  const { IntervalSeries } = await dist('load/engine/interval-series.js')
  const counts = ThreadCounts.allocate(3)
  const series = new IntervalSeries(() => undefined)
  let atMs = 0
  const run = () => {
    for (let each = 0; each < batch; each++) {
      const us = 100 + each * 37
      counts.began()
      counts.ended(outcomeIndex.ok)
      counts.endedInWindow(1, outcomeIndex.ok)
      counts.latency(1, us)
      atMs += 0.01
      series.record('ok', us, atMs)
    }
  }
  return { name: 'recording', unit: 'operation', batch, run, targetNs: 150 }
}

async function rows() {
  const { PartMaker } = await dist('population/threads/part-maker.js')
  const maker = new PartMaker({ seed: 1, entities: 81, locale: 'zh', identity: 'safe' })
  const rowsPerRun = 2000
  let first = 0
  const run = () => {
    maker.make({ kind: 'digests', first, count: rowsPerRun })
    first += rowsPerRun
  }
  const { tables } = maker.make({ kind: 'digests', first: 0, count: rowsPerRun })
  return { name: 'row generation', unit: 'row', batch: tables.reduce((sum, each) => sum + each.rows, 0), run }
}

async function history() {
  const { openHistory } = await dist('history/recorder.js')
  const { systemClock } = await dist('kit/clock.js')
  const recorder = openHistory(join(tmpdir(), `corelab-micro-${process.pid}.jsonl`), { clock: systemClock })
  const client = recorder.newProcess()
  const run = () => {
    for (let each = 0; each < batch; each++) {
      recorder.invoke(client, 'append', { client, n: each })
      recorder.complete(client, { type: 'ok', f: 'append', value: { client, n: each } })
    }
  }
  return { name: 'history append', unit: 'invocation and its end', batch, run, end: () => recorder.close() }
}

// From blocks of load to rows with ratios, and to the lines that are printed.
import { median, ratioOf } from '../frame/statistics.mjs'

const costs = ['masterCpuMicros', 'clientCpuMicros', 'transactionsPerGroup']
const qlinkCosts = ['qlinkCpuMicros', 'syncsPerTransaction']

/** One row per part, number of connections and side, with its ratios to the other sides of the same rounds. */
export function rowsOf(blocks) {
  const keys = [...new Set(blocks.map(({ part, connections, side }) => `${part} ${connections} ${side}`))]
  return keys.map((key) => {
    const [part, connections, side] = key.split(' ')
    const of = (name) => blocks.filter((each) => `${part} ${connections} ${name}` === keyOf(each))
    const own = of(side)
    const row = { part, side, connections: Number(connections), tps: median(own.map(({ tps }) => tps)) }
    row.p99Ms = median(own.map(({ latency }) => latency.p99))
    for (const cost of side === 'qlink' ? [...costs, ...qlinkCosts] : costs)
      row[cost] = median(own.map((block) => block[cost]))
    if (side === 'qlink') row.residentBytes = Math.max(...own.map((block) => block.residentBytes))
    const ratioTo = (name) => {
      const [ours, theirs] = [own, of(name)].map((each) => each.map(({ tps }) => tps))
      return ratioOf(ours.slice(0, theirs.length), theirs.slice(0, ours.length))
    }
    if (side !== 'none') row.toNone = ratioTo('none')
    if (side === 'qlink' && of('slave').length > 0) row.toSlave = ratioTo('slave')
    return row
  })
}

export function linesOf(rows) {
  return rows.flatMap((row, index) => [
    ...(row.part === rows[index - 1]?.part ? [] : ['', titles[row.part]]),
    lineOf(row),
    ...(row.side === 'qlink' ? [costLineOf(row)] : []),
  ])
}

const titles = {
  alone: '(a) a master alone: by itself, acknowledged by qlink, by a slave with sync_relay_log = 1',
  core: '(b) the core of four: the clock runs until every node has caught up',
}

function keyOf({ part, connections, side }) {
  return `${part} ${connections} ${side}`
}

function lineOf(row) {
  const to = (name) =>
    row[name] === undefined
      ? ''
      : `   : ${name.slice(2).toLowerCase()} = ${row[name].ratio.toFixed(2)} (${row[name].low.toFixed(2)}-${row[name].high.toFixed(2)})`
  const head = `${String(row.connections).padStart(4)}  ${row.side.padEnd(6)}${Math.round(row.tps).toString().padStart(7)} TPS`
  return `${head}  p99 ${row.p99Ms.toFixed(1).padStart(6)} ms${to('toNone')}${to('toSlave')}`
}

function costLineOf(row) {
  const micros = (value) => `${value.toFixed(1)} us`
  return (
    `      CPU per transaction: qlink ${micros(row.qlinkCpuMicros)}, master ${micros(row.masterCpuMicros)}, ` +
    `client ${micros(row.clientCpuMicros)}; ${row.syncsPerTransaction.toFixed(3)} syncs of qlink per transaction, ` +
    `${row.transactionsPerGroup.toFixed(1)} transactions per group of the master; ${(row.residentBytes / 1048576).toFixed(0)} MiB`
  )
}

// Blocks of a load benchmark to rows, with the targets beside what was measured.
import { median, ratioOf } from '../frame/statistics.mjs'

/** What is asked for: at least, or at most. */
const targets = {
  reads: {
    8: { qps: 1 },
    50: { qps: 1 },
    200: { qps: 1.05, p95: 0.9, cpu: 0.6 },
  },
  updates: { 50: { qps: 1 }, 200: { qps: 1 } },
}
const cpuAgainstMysql2 = 0.35

export function rowsOf(blocks) {
  const rows = []
  for (const part of ['reads', 'updates', 'null', 'open'])
    for (const connections of new Set(
      blocks.filter((each) => each.part === part).map((each) => each.connections),
    ))
      rows.push(
        rowOf(
          part,
          connections,
          blocks.filter((each) => each.part === part && each.connections === connections),
        ),
      )
  return rows
}

function rowOf(part, connections, blocks) {
  const of = (side, field) => blocks.filter((each) => each.side === side).map((each) => each[field])
  const sides = {}
  for (const side of new Set(blocks.map((each) => each.side)))
    sides[side] = {
      perSecond: median(of(side, 'perSecond')),
      p95Us: median(of(side, 'p95Us')),
      cpuUs: median(of(side, 'cpuUs')),
      errors: of(side, 'errors').reduce((sum, each) => sum + each, 0),
    }
  const ratio = (other, field) => {
    const [a, b] = [of('wire', field), of(other, field)]
    const pairs = Math.min(a.length, b.length)
    return pairs > 0 ? ratioOf(a.slice(0, pairs), b.slice(0, pairs)) : null
  }
  const row = { part, connections, sides }
  if (sides.sysbench)
    row.sysbench = {
      qps: ratio('sysbench', 'perSecond'),
      p95: ratio('sysbench', 'p95Us'),
      cpu: ratio('sysbench', 'cpuUs'),
    }
  if (sides.mysql2) row.mysql2 = { cpu: ratio('mysql2', 'cpuUs'), qps: ratio('mysql2', 'perSecond') }
  if (part === 'open') row.open = openOf(blocks)
  return row
}

function openOf(blocks) {
  const p99 = blocks.map((each) => each.p99Us)
  const planned = blocks.reduce((sum, each) => sum + each.schedule.planned, 0)
  return {
    ratePerSecond: blocks[0].rate,
    /** Operations that ended well, of those planned. */
    reached: blocks.reduce((sum, each) => sum + each.ok, 0) / planned,
    late: blocks.reduce((sum, each) => sum + each.schedule.late, 0) / planned,
    p99Us: p99,
    p99Spread: (Math.max(...p99) - Math.min(...p99)) / median(p99),
  }
}

export function linesOf(rows) {
  return rows.flatMap((row) => [
    '',
    `${row.part}, ${row.connections} connections`,
    ...sideLines(row),
    ...verdicts(row),
  ])
}

function sideLines({ sides }) {
  return Object.entries(sides).map(
    ([name, { perSecond, p95Us, cpuUs, errors }]) =>
      `  ${name.padEnd(9)}${String(Math.round(perSecond)).padStart(7)}/s  p95 ${(p95Us / 1000).toFixed(2).padStart(6)} ms` +
      `  client CPU ${cpuUs.toFixed(1).padStart(5)} us each  ${errors} errors`,
  )
}

function verdicts({ part, connections, sysbench, mysql2, open, sides }) {
  const wanted = targets[part]?.[connections] ?? {}
  const lines = []
  if (sysbench) {
    lines.push(ratioLine('throughput, wire : sysbench', sysbench.qps, wanted.qps, '>='))
    lines.push(ratioLine('p95, wire : sysbench', sysbench.p95, wanted.p95, '<='))
    lines.push(ratioLine('client CPU, wire : sysbench', sysbench.cpu, wanted.cpu, '<='))
  }
  if (mysql2) lines.push(ratioLine('client CPU, wire : mysql2', mysql2.cpu, cpuAgainstMysql2, '<='))
  if (part === 'null')
    lines.push(
      `  ${Math.round(1e6 / sides.wire.cpuUs)} operations per second of client CPU; target >= 150000`,
    )
  if (open)
    lines.push(
      `  planned ${open.ratePerSecond}/s, reached ${(open.reached * 100).toFixed(2)} % of it (target within 0.5 %), ` +
        `${(open.late * 100).toFixed(1)} % begun late`,
      `  p99 ${open.p99Us.map((us) => (us / 1000).toFixed(2)).join(', ')} ms: spread ${(open.p99Spread * 100).toFixed(0)} %; target 15 %`,
    )
  return lines
}

function ratioLine(what, { ratio, low, high }, target, sign) {
  const interval = Number.isFinite(high) ? ` (${low.toFixed(2)} to ${high.toFixed(2)})` : ''
  const met = target && (sign === '>=' ? ratio >= target : ratio <= target)
  const verdict = target ? `; target ${sign} ${target}: ${met ? 'met' : 'missed'}` : ''
  return `  ${what}: ${ratio.toFixed(2)}${interval}${verdict}`
}

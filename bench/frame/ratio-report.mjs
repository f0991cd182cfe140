// The report of a benchmark whose sides took turns: blocks of load, rows with ratios, and what both must be read beside.
import { loadavg } from 'node:os'
import { benchHost, writeFigures } from './figures-file.mjs'

/**
 * Writes the figures and prints them. `schema` names the file's form; `lines` are those of the rows; `more` are further
 * figures of the file; `loadBefore` is the load average of the host at the beginning, `threads` of the clients when they
 * were chosen.
 */
export function reportRatios({
  schema,
  command,
  out,
  loadBefore,
  threads = null,
  rows,
  more = {},
  blocks,
  lines,
}) {
  const host = benchHost()
  const load = [loadBefore, loadavg()[0]].map((each) => Number(each.toFixed(1)))
  const result = { schema, at: new Date().toISOString(), command, host, load, rows, ...more, blocks }
  const file = writeFigures(out, result)
  const foot = [
    `${host.cpu}, ${host.cores} cores, Node ${host.node}`,
    ...(threads === null ? [] : [`${threads} threads`]),
    `load average ${load.join(' at the beginning, ')} at the end`,
  ]
  const printed = [
    ...lines,
    '',
    `ratios: geometric mean over pairs of neighbours in time, 95 % interval; ${foot.join(', ')}`,
    file,
    command,
  ]
  process.stdout.write(`${printed.join('\n')}\n`)
}

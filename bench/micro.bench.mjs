// The hot paths by themselves, with tinybench: packet scan, execute encode, histogram record, recording, rows, history.
//
// Flags: --ms N per path (default 1000), --out FILE (default .cache/bench/micro.json). These tell one build from the next
// on one host; what a load costs on servers is `npm run bench -- load`.
import { rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { benchHost, figuresFileOf, writeFigures } from './frame/figures-file.mjs'
import { wholeNumber } from './frame/whole-number.mjs'
import { hotPaths } from './micro/hot-paths.mjs'

const { values: flags } = parseArgs({
  options: {
    ms: { type: 'string', default: '1000' },
    out: { type: 'string', default: figuresFileOf('micro') },
    yes: { type: 'boolean', short: 'y' },
  },
})
const ms = wholeNumber('ms', flags.ms)

const paths = await hotPaths()
const bench = new Bench({ time: ms, warmupTime: Math.ceil(ms / 4) })
for (const path of paths) bench.add(path.name, path.run)
await bench.run()
for (const path of paths) await path.end?.()
rmSync(join(tmpdir(), `corelab-micro-${process.pid}.jsonl`), { force: true })

const rows = paths.map(({ name, unit, batch, targetNs }) => {
  const { latency } = bench.getTask(name).result
  const perOperationNs = (value) => (value * 1e6) / batch
  return {
    name,
    unit,
    medianNs: perOperationNs(latency.p50),
    p99Ns: perOperationNs(latency.p99),
    samples: latency.samplesCount,
    targetNs: targetNs ?? null,
  }
})
const host = benchHost()
const command = `npm run bench -- micro --ms ${ms}`
const result = { schema: 'corelab/bench-micro@1', at: new Date().toISOString(), command, host, rows }
const out = writeFigures(flags.out, result)
const lines = rows.map(({ name, unit, medianNs, p99Ns, targetNs }) => {
  const verdict =
    targetNs === null ? '' : `; target <= ${targetNs}: ${medianNs <= targetNs ? 'met' : 'missed'}`
  return `${name.padEnd(18)}${medianNs.toFixed(0).padStart(6)} ns per ${unit} (median; p99 ${p99Ns.toFixed(0)})${verdict}`
})
const load = loadavg()[0].toFixed(1)
lines.push('', `${host.cpu}, ${host.cores} cores, Node ${host.node}, load average ${load}`, out, command)
process.stdout.write(`${lines.join('\n')}\n`)

import { formatBytes, formatCount, formatDuration } from '../../kit/units.js'
import type { BenchHost, BenchResult, BenchSettings } from '../../model/bench-result.js'
import { windowErrors, windowOutcomes } from '../../model/window-outcomes.js'

type Fact = readonly [name: string, value: string]

/** What a figure may not be printed without: durability, data against memory, errors. In this order. */
export function dutyFacts({ settings, load }: Pick<BenchResult, 'settings' | 'load'>): readonly Fact[] {
  return [
    ['Durability', settings.durability],
    ['Data', dataText(settings)],
    ['Errors', errorText(load)],
  ]
}

/** `1.2 GiB in a buffer pool of 256 MiB, larger than it: uncached` */
export function dataText({ dataBytes, bufferPoolBytes, customers }: BenchSettings): string {
  if (bufferPoolBytes === 0) return 'none in a database'
  const how = dataBytes <= bufferPoolBytes ? 'cached' : 'larger than it: uncached'
  const of = customers === null ? '' : `, ${formatCount(customers)} customers`
  return `${formatBytes(dataBytes)} in a buffer pool of ${formatBytes(bufferPoolBytes)}, ${how}${of}`
}

/** Nothing where no database served. */
export function serverFacts({ serverThreads }: Pick<BenchSettings, 'serverThreads'>): readonly Fact[] {
  return serverThreads === undefined ? [] : [['Server', `threads: ${serverThreads}`]]
}

export function loadText({ settings, load }: Pick<BenchResult, 'settings' | 'load'>): string {
  const loop =
    settings.loop === 'closed'
      ? 'closed loop'
      : `open loop at ${formatCount(settings.ratePerSecond ?? 0)}/s, latency from the planned time`
  return `${loop}, ${formatCount(settings.connections)} connections by ${settings.driver} over ${transportText(settings.transport)}, ${settings.workers} ${settings.workers === 1 ? 'thread' : 'threads'}; ${formatDuration(load.windowMs)} after ${formatDuration(load.warmUpMs)} of warm-up`
}

export function hostText(host: BenchHost): string {
  return `${host.hostname}: ${host.cpuModel}, ${host.cores} cores, ${formatBytes(host.memoryBytes)} memory, Linux ${host.kernel}`
}

export function versionText({ host, corelab }: Pick<BenchResult, 'host' | 'corelab'>): string {
  const revision = corelab.gitRevision === null ? '' : ` (${corelab.gitRevision.slice(0, 10)})`
  const servers = Object.entries(host.versions).map(([name, version]) => `${name} ${version}`)
  return [`corelab ${corelab.version}${revision}`, `Node ${host.node}`, ...servers].join(', ')
}

export function transportText(transport: BenchSettings['transport']): string {
  const words = { 'unix-socket': 'unix socket', tcp: 'TCP', http: 'HTTP', mixed: 'several transports' }
  return words[transport]
}

function errorText(load: BenchResult['load']): string {
  const errors = windowErrors(load)
  return `${formatCount(errors)} of ${formatCount(windowOutcomes(load).ok + errors)} operations`
}

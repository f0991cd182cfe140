import { present } from '../../kit/assert.js'
import type { BenchHost, BenchResult, ProcessShare } from '../../model/bench-result.js'
import { type FigureName, figureOfScenario } from '../reference-platform.js'

/** Who spends CPU on an operation. Demands of replicas are per replica, in the order of their roles. */
export interface Demand {
  readonly client: number
  readonly master: number
  readonly replicas: readonly number[]
  readonly qlink: number
  /** Subsystem host, Redis and RabbitMQ. */
  readonly services: number
  /** All the rest: the keeper, kernel threads, interrupts, strangers on the host. */
  readonly unattributed: number
}

/** One load level: a run, or several runs of the same level taken together. */
export interface DemandLevel {
  readonly connections: number
  readonly runs: number
  readonly perSecond: number
  readonly perSecondInterval: readonly [number, number] | null
  /** Microseconds of CPU per operation. */
  readonly demandUs: Demand
  /** All of it but the unattributed part, which a slow run has more of per operation without any reason in the load. */
  readonly attributedUs: number
  readonly fsyncsPerOperation: number | null
}

/** What was measured of one scenario under one set of conditions, at all its levels. */
export interface DemandProfile {
  readonly figure: FigureName
  readonly scenario: string
  readonly title: string
  readonly unit: 'QPS' | 'TPS'
  readonly transport: string
  readonly durability: string
  readonly host: BenchHost
  readonly levels: readonly DemandLevel[]
  /** Attributed CPU per operation at the highest busy level over the lowest, less 1; null with one. Contention shows here. */
  readonly drift: number | null
  readonly ids: readonly string[]
  /** Of those, the ones whose host was noisy meanwhile. */
  readonly noisyIds: readonly string[]
}

export interface LeftOut {
  readonly id: string
  readonly reason: string
}

/**
 * Service demands from results: utilisation law, CPU time over completed operations, per process and level. What cannot
 * carry a projection is left out with its reason: no figure, capacity probe, open loop, unknown CPU, data beyond memory,
 * another host than the first.
 */
export function demandProfiles(results: readonly BenchResult[]): {
  readonly profiles: readonly DemandProfile[]
  readonly leftOut: readonly LeftOut[]
} {
  const leftOut: LeftOut[] = []
  const first = results.find((result) => reasonAgainst(result, null) === null)
  const usable = results.filter((result) => {
    const reason = reasonAgainst(result, first ?? null)
    if (reason !== null) leftOut.push({ id: result.id, reason })
    return reason === null
  })
  return { profiles: grouped(usable, groupKey).map(profileOf), leftOut }
}

function reasonAgainst(result: BenchResult, first: BenchResult | null): string | null {
  const { figure, settings, attribution, load } = result
  if (figureOfScenario(result.scenario) === null) return `scenario ${result.scenario} has no published figure`
  if (figure === null) return `no figure: ${result.notAFigure ?? 'its checks failed'}`
  if (figure.capacityProbe) return 'a capacity probe: pipelined runs are no figure'
  if (settings.loop !== 'closed') return 'an open loop: its rate was given, not reached'
  if (load.total.ok === 0 || figure.perSecond <= 0) return 'nothing ended well'
  if (load.ended !== 'time') return `it ended early (${load.ended})`
  if (!attribution.processes.some((each) => each.name !== 'client' && each.cpuUsPerOperation !== null))
    return 'the CPU of the servers is not known'
  if (settings.dataBytes > settings.bufferPoolBytes)
    return 'its data was larger than the buffer pool: it waited for a disk that the target does not have'
  return first === null ? null : unlikeHost(result.host, first.host)
}

function unlikeHost(host: BenchHost, first: BenchHost): string | null {
  if (host.hostname === first.hostname && host.cpuModel === first.cpuModel && host.cores === first.cores)
    return null
  return `another host (${host.hostname}, ${host.cores} cores) than the first (${first.hostname}, ${first.cores} cores)`
}

/** Levels of one profile differ in nothing but the number of connections and of client threads. */
function groupKey({ scenario, settings }: BenchResult): string {
  const { profile, driver, transport, durability, customers, bufferPoolBytes, digest } = settings
  return JSON.stringify([
    scenario,
    profile,
    driver,
    transport,
    durability,
    customers,
    bufferPoolBytes,
    digest,
  ])
}

function grouped<T>(values: readonly T[], keyOf: (value: T) => unknown): readonly (readonly T[])[] {
  const groups = new Map<unknown, T[]>()
  for (const value of values) {
    const key = keyOf(value)
    groups.set(key, [...(groups.get(key) ?? []), value])
  }
  return [...groups.values()]
}

function profileOf(results: readonly BenchResult[]): DemandProfile {
  const first = present(results[0], 'a result of the group')
  const levels = grouped(results, ({ settings }) => settings.connections)
    .map(levelOf)
    .sort((a, b) => a.connections - b.connections)
  const busy = busyLevels(levels)
  const [lowest, highest] = [busy.at(0), busy.at(-1)]
  const drift =
    lowest && highest && busy.length > 1 && lowest.attributedUs > 0
      ? highest.attributedUs / lowest.attributedUs - 1
      : null
  return {
    figure: present(figureOfScenario(first.scenario), first.scenario),
    scenario: first.scenario,
    title: first.title,
    unit: first.figure?.unit ?? 'QPS',
    transport: first.settings.transport,
    durability: first.settings.durability,
    host: first.host,
    levels,
    drift,
    ids: results.map(({ id }) => id),
    noisyIds: results.filter(({ attribution }) => attribution.noise?.verdict === 'noisy').map(({ id }) => id),
  }
}

/**
 * Levels with half of the highest rate or more. Below, what processes do anyway (heartbeats, watching, cleaning up) is spread
 * over so few operations that it hides what an operation costs.
 */
export function busyLevels(levels: readonly DemandLevel[]): readonly DemandLevel[] {
  const highest = Math.max(...levels.map(({ perSecond }) => perSecond))
  return levels.filter(({ perSecond }) => perSecond >= highest / 2)
}

function levelOf(results: readonly BenchResult[]): DemandLevel {
  const demands = results.map(demandOf)
  const mean = (pick: (demand: Demand) => number) => average(demands.map(pick))
  const replicaCount = Math.max(...demands.map(({ replicas }) => replicas.length))
  const demandUs: Demand = {
    client: mean(({ client }) => client),
    master: mean(({ master }) => master),
    replicas: Array.from({ length: replicaCount }, (_, index) =>
      mean(({ replicas }) => replicas[index] ?? 0),
    ),
    qlink: mean(({ qlink }) => qlink),
    services: mean(({ services }) => services),
    unattributed: mean(({ unattributed }) => unattributed),
  }
  const fsyncs = results.flatMap(({ attribution }) => attribution.fsyncsPerOperation ?? [])
  return {
    connections: results[0]?.settings.connections ?? 0,
    runs: results.length,
    perSecond: average(results.map(({ figure }) => figure?.perSecond ?? 0)),
    perSecondInterval: results.length === 1 ? (results[0]?.figure?.perSecondInterval ?? null) : null,
    demandUs,
    attributedUs: attributedOf(demandUs),
    fsyncsPerOperation: fsyncs.length > 0 ? average(fsyncs) : null,
  }
}

function attributedOf({ client, master, replicas, qlink, services }: Omit<Demand, 'unattributed'>): number {
  return client + master + qlink + services + replicas.reduce((sum, each) => sum + each, 0)
}

function demandOf({ attribution }: BenchResult): Demand {
  const of = (isIn: (share: ProcessShare) => boolean) =>
    attribution.processes.filter(isIn).map(({ cpuUsPerOperation }) => cpuUsPerOperation ?? 0)
  const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0)
  const parts = {
    client: sum(of(({ name }) => name === 'client')),
    master: sum(of(({ role }) => role === 'master')),
    replicas: replicaRoles.flatMap((role) => of((share) => share.role === role)),
    qlink: sum(of(({ name }) => name === 'qlink')),
    services: sum(of(({ name }) => serviceNames.includes(name))),
  }
  return { ...parts, unattributed: Math.max(0, sum(of(() => true)) - attributedOf(parts)) }
}

const replicaRoles = ['shadow', 'slave-1', 'slave-2']
const serviceNames = ['subsystems', 'redis', 'rabbitmq']

function average(values: readonly number[]): number {
  return values.reduce((sum, each) => sum + each, 0) / Math.max(1, values.length)
}

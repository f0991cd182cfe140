import { present } from '../../kit/assert.js'
import type { TargetHost } from './target-host.js'
import type { Draw } from './unknowns.js'

/** CPU microseconds per operation, on the host that it was measured on, of one group of processes. */
export interface PoolDemand {
  readonly name: PoolName
  readonly demandUs: number
  /** How many hosts of the target carry it, side by side. */
  readonly hosts: number
  /** Name of the unknown that is its growth per doubling of cores. */
  readonly growth: string
}

/** Groups of processes that share the cores of the same hosts. */
export type PoolName = 'all' | 'master' | 'replicas' | 'readers' | 'services' | 'clients'

/** A limit of the rate, from one cause. */
export interface Ceiling {
  readonly name: string
  readonly perSecond: number
}

/**
 * Operations per second that a pool's cores carry: cores x speed x utilisation over the demand, which grows with every
 * doubling of the cores over those of the measuring host. More cores never carry less: a doubling gives 2 / (1 + growth).
 */
export function poolCeiling(pool: PoolDemand, draw: Draw, cores: PoolCores): number {
  const { equivalents, here } = cores
  const growth = (1 + drawnOf(draw, pool.growth)) ** Math.log2(equivalents / here)
  const usableUs = pool.hosts * equivalents * 1e6 * drawnOf(draw, 'utilisation') * drawnOf(draw, 'speed')
  return usableUs / (pool.demandUs * growth)
}

/** The same relation solved for the cores of all hosts of the pool together. */
export function coresNeeded(
  pool: PoolDemand,
  draw: Draw,
  goal: { readonly perSecond: number; readonly here: number; readonly gain: number },
): number {
  const { perSecond, here, gain } = goal
  const perCore = (1e6 * drawnOf(draw, 'utilisation') * drawnOf(draw, 'speed')) / pool.demandUs
  // hosts x e x perCore / (1+g)^log2(e / here) = perSecond, and (1+g)^log2(x) = x^log2(1+g).
  const exponent = Math.log2(1 + drawnOf(draw, pool.growth))
  const equivalents = (perSecond / (pool.hosts * perCore * here ** exponent)) ** (1 / (1 - exponent))
  return (pool.hosts * equivalents) / gain
}

export interface PoolCores {
  /** Cores of one host as full ones: with the gain of their second threads, less what is kept for others. */
  readonly equivalents: number
  /** Of the measuring host. */
  readonly here: number
}

/** The limits that are not CPU. `pathUs`: CPU time, as measured, that an operation waits for; `applierUs`: of the busiest replica. */
export function otherCeilings(
  about: {
    readonly writes: boolean
    readonly bytes: string
    readonly busiestHosts: number
    readonly pathUs: number
    readonly applierUs: number
  },
  draw: Draw,
  target: TargetHost,
): readonly Ceiling[] {
  const { connections, layout, clients, network } = target
  const overNetwork = layout === 'host-per-node' || clients.where === 'remote'
  const speed = drawnOf(draw, 'speed')
  const roundTripUs = overNetwork ? drawnOf(draw, 'roundTripUs') : 0
  const ceilings: Ceiling[] = []
  if (about.writes) {
    // Redo log, binlog, then qlink's log: one after the other, and the way to qlink and back.
    const syncUs = drawnOf(draw, 'fsyncUs')
    const answerUs = about.pathUs / speed + 3 * syncUs + 3 * roundTripUs
    // Transactions that share a sync; the next sync begins when the one before has ended.
    const group = Math.max(1, drawnOf(draw, 'groupShare') * connections)
    ceilings.push({
      name: 'commit latency',
      perSecond: Math.min(connections / answerUs, group / syncUs) * 1e6,
    })
  } else {
    ceilings.push({
      name: 'connections',
      perSecond: (connections * 1e6) / (about.pathUs / speed + roundTripUs),
    })
  }
  if (about.applierUs > 0) {
    const threads = Math.max(1, drawnOf(draw, 'applierShare') * target.applierThreads)
    ceilings.push({
      name: 'replication lag',
      perSecond: (threads * 1e6 * speed) / (about.applierUs * drawnOf(draw, 'applierCpu')),
    })
  }
  if (overNetwork && network !== null) {
    const bytesPerSecond = ((network.gbit * 1e9) / 8) * drawnOf(draw, 'linkShare') * about.busiestHosts
    ceilings.push({ name: 'network', perSecond: bytesPerSecond / drawnOf(draw, about.bytes) })
  }
  return ceilings
}

export function drawnOf(draw: Draw, name: string): number {
  return present(draw[name], `a draw of ${name}`)
}

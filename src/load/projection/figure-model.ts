import { type Ceiling, drawnOf, otherCeilings, type PoolDemand, poolCeiling } from './capacity.js'
import { growthPrior } from './growth.js'
import type { Priors, RangeName } from './priors.js'
import { busyLevels, type Demand, type DemandLevel, type DemandProfile } from './service-demand.js'
import type { SpeedRatio } from './speed.js'
import type { TargetHost } from './target-host.js'
import { type Draw, exactly, logNormal90, logUniform, type Unknown, uniform } from './unknowns.js'

/** One figure on one target: what is unknown, and the limits that follow from a draw of it. */
export interface FigureModel {
  readonly unknowns: readonly Unknown[]
  readonly pools: readonly PoolDemand[]
  ceilings(draw: Draw): readonly Ceiling[]
  /** A pool with what a draw makes of its demand. */
  drawn(pool: PoolDemand, draw: Draw): PoolDemand
  /** Full cores of one host of the target that a pool has, and what one physical core counts. */
  equivalents(pool: PoolDemand, draw: Draw): { readonly equivalents: number; readonly gain: number }
  /** Cores of the measuring host. */
  readonly here: number
}

export interface HostGains {
  /** Speed of all threads of the target over one thread; null = not calibrated. */
  readonly target: number | null
  readonly here: number | null
}

/** See docs/projection.md for the formula. */
export function figureModel(
  profile: DemandProfile,
  target: TargetHost,
  about: { readonly speed: SpeedRatio; readonly gains: HostGains; readonly priors: Priors },
): FigureModel {
  const { speed, gains, priors } = about
  const level = bestLevel(profile)
  const pools = poolsOf(profile, level.demandUs, target)
  const here = gains.here ?? profile.host.cores
  const hereLoss = here / profile.host.cores
  const unknowns = unknownsOf(profile, target, { speed, gains, priors })

  const drawn = (pool: PoolDemand, draw: Draw): PoolDemand => {
    const strangers = 1 + (drawnOf(draw, 'unattributed') * level.demandUs.unattributed) / level.attributedUs
    const remote = target.clients.where === 'remote' ? drawnOf(draw, 'remoteDemand') : 1
    return { ...pool, demandUs: pool.demandUs * drawnOf(draw, 'demand') * strangers * remote * hereLoss }
  }
  const equivalents = (pool: PoolDemand, draw: Draw) => {
    const all = fullCores(target, gains, draw)
    const share = target.clients.where === 'local' ? target.clients.share : null
    const kept = share === null ? 1 : pool.name === 'clients' ? share : 1 - share
    return { equivalents: all * kept, gain: all / target.cores }
  }
  const ceilings = (draw: Draw): readonly Ceiling[] => {
    const cpu = pools.map((pool) => ({
      name: `CPU of ${poolTitles[pool.name]}`,
      perSecond: poolCeiling(drawn(pool, draw), draw, {
        equivalents: equivalents(pool, draw).equivalents,
        here,
      }),
    }))
    const factor = drawnOf(draw, 'demand') * hereLoss
    const limits = {
      writes: profile.figure !== 'reads',
      bytes: bytesOf[profile.figure],
      busiestHosts: profile.figure === 'reads' && target.layout === 'host-per-node' ? readerHosts : 1,
      pathUs: pathOf(profile, level.demandUs) * factor,
      applierUs: profile.figure === 'writes' ? Math.max(0, ...level.demandUs.replicas) * factor : 0,
    }
    return [...cpu, ...otherCeilings(limits, draw, target)]
  }
  return { unknowns, pools, ceilings, drawn, equivalents, here }
}

export const poolTitles: Readonly<Record<PoolDemand['name'], string>> = {
  all: 'the host',
  master: 'the master',
  readers: 'the readers',
  replicas: 'the busiest replica',
  services: 'the services',
  clients: 'the clients',
}

const bytesOf = { reads: 'readBytes', writes: 'writeBytes', customer: 'customerBytes' } as const

/** The reference platform reads from the shadow and both slaves. */
const readerHosts = 3

/** The level with the highest rate: there the demand is that of a busy host. */
export function bestLevel({ levels }: DemandProfile): DemandLevel {
  return levels.reduce((best, each) => (each.perSecond > best.perSecond ? each : best))
}

function poolsOf(...about: Parameters<typeof allPools>): readonly PoolDemand[] {
  const pools = allPools(...about)
  const highest = Math.max(...pools.map(({ demandUs }) => demandUs))
  return pools.filter(({ demandUs }) => demandUs > negligibleShare * highest)
}

/** A group with less than this of the largest one's demand limits nothing. */
const negligibleShare = 0.05

function allPools(
  { figure }: DemandProfile,
  demand: Demand,
  { layout, clients }: TargetHost,
): readonly PoolDemand[] {
  const kept = clients.where === 'local' && clients.share !== null
  const client = clients.where === 'remote' || kept ? 0 : demand.client
  const sum = demand.replicas.reduce((total, each) => total + each, 0)
  const pool = (name: PoolDemand['name'], demandUs: number, hosts: number, growth: string) => ({
    ...{ name, demandUs, hosts, growth },
  })
  const ownClients = kept ? [pool('clients', demand.client, 1, 'growthReads')] : []
  const writing = figure === 'reads' ? 'growthReads' : 'growthWrites'
  if (layout === 'one-host') {
    const servers = demand.master + sum + demand.qlink + demand.services
    return [pool('all', servers + client, 1, writing), ...ownClients]
  }
  if (figure === 'reads') {
    // Kept clients of several hosts: each host keeps the same share.
    const own = ownClients.map((each) => ({ ...each, hosts: readerHosts }))
    return [pool('readers', sum + demand.master + client, readerHosts, writing), ...own]
  }
  const [shadow = 0, ...slaves] = demand.replicas
  const replica = Math.max(shadow + demand.qlink, ...slaves)
  const atMaster = figure === 'writes' ? client : 0
  const atServices = figure === 'customer' ? client : 0
  return [
    pool('master', demand.master + atMaster, 1, 'growthWrites'),
    pool('replicas', replica, 1, 'growthWrites'),
    pool('services', demand.services + atServices, 1, 'growthReads'),
    ...ownClients,
  ]
}

/** What an operation waits for, one after the other; replicas apply writes after the answer. */
function pathOf({ figure }: DemandProfile, demand: Demand): number {
  const { client, master, replicas, qlink, services } = demand
  if (figure !== 'reads') return client + master + qlink + services
  return client + master + services + replicas.reduce((sum, each) => sum + each, 0)
}

function fullCores({ cores, threadsPerCore }: TargetHost, gains: HostGains, draw: Draw): number {
  if (gains.target !== null) return gains.target * drawnOf(draw, 'allCoresModel')
  return cores * (threadsPerCore > 1 ? drawnOf(draw, 'smtGain') : 1)
}

function unknownsOf(
  profile: DemandProfile,
  target: TargetHost,
  about: { readonly speed: SpeedRatio; readonly gains: HostGains; readonly priors: Priors },
): readonly Unknown[] {
  const { ranges } = about.priors
  const prior = (name: RangeName) => uniform(name, ranges[name])
  const { fsync, network } = target
  return [
    logNormal90('demand', demandRange(profile)),
    logNormal90('speed', about.speed),
    uniform('growthReads', growthPrior('reads', about.priors)),
    uniform('growthWrites', growthPrior('writes', about.priors)),
    uniform('unattributed', { low: 0, high: 1 }),
    about.gains.target === null ? prior('smtGain') : prior('allCoresModel'),
    prior('utilisation'),
    prior('remoteDemand'),
    prior('groupShare'),
    prior('applierShare'),
    prior('applierCpu'),
    prior('linkShare'),
    prior(bytesOf[profile.figure]),
    fsync === null
      ? logUniform('fsyncUs', ranges.fsyncUs)
      : uniform('fsyncUs', { low: fsync.medianUs, high: fsync.p95Us }),
    network?.roundTripUs == null
      ? logUniform('roundTripUs', ranges.roundTripUs)
      : exactly('roundTripUs', network.roundTripUs),
  ]
}

/**
 * The demand of another busy level over that of the best one, as a 90 % interval: what drifts between levels on this host is
 * not known better on the next one. Never narrower than 4 % either way; 15 % with one such level, whose drift nobody saw.
 */
function demandRange(profile: DemandProfile): { readonly low: number; readonly high: number } {
  const { attributedUs } = bestLevel(profile)
  const ratios = busyLevels(profile.levels).map((level) => level.attributedUs / attributedUs)
  if (ratios.length === 1) return { low: 0.85, high: 1.15 }
  return { low: Math.min(0.96, ...ratios), high: Math.max(1.04, ...ratios) }
}

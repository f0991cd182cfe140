import type { FigureModel } from './figure-model.js'
import type { NextMeasurement } from './projection.js'
import type { DemandProfile } from './service-demand.js'
import type { TargetHost } from './target-host.js'
import { type Draw, drawsOf, exactly, logNormal90, spreadOf, type Unknown } from './unknowns.js'

/**
 * What a measurement of each unknown would take off the interval: the same draws again, with that unknown at its middle
 * (or as narrow as the measurement leaves it). Best first; what takes off less than 2 % is not named.
 */
export function nextMeasurements(
  about: { readonly profile: DemandProfile; readonly target: TargetHost; readonly model: FigureModel },
  rateOf: (draw: Draw) => number,
  options: { readonly seed: number; readonly count: number },
): readonly NextMeasurement[] {
  const { model } = about
  const widthOf = (unknowns: readonly Unknown[]) => {
    const { low, high } = spreadOf(drawsOf(unknowns, options).map(rateOf))
    return high / low
  }
  const widthNow = widthOf(model.unknowns)
  return measurementsOf(about)
    .map(({ narrowed, what, command }) => {
      const names = narrowed.map(({ name }) => name)
      const unknowns = model.unknowns.map((each) => narrowed.find(({ name }) => name === each.name) ?? each)
      return { unknown: names.join(', '), what, command, widthNow, widthThen: widthOf(unknowns) }
    })
    .filter(({ widthThen }) => widthThen < widthNow * 0.98)
    .sort((a, b) => a.widthThen - b.widthThen)
}

interface Measurement {
  readonly narrowed: readonly Unknown[]
  readonly what: string
  readonly command: string | null
}

/** Policies are no unknowns that a measurement could fix, and neither is how well a model stands for a server. */
function measurementsOf(about: {
  readonly profile: DemandProfile
  readonly target: TargetHost
  readonly model: FigureModel
}): readonly Measurement[] {
  const { profile, target, model } = about
  const middle = (name: string) => {
    const unknown = model.unknowns.find((each) => each.name === name)
    return unknown ? [exactly(name, unknown.at(0.5))] : []
  }
  const calibrated = (name: string) => {
    const unknown = model.unknowns.find((each) => each.name === name)
    const value = unknown?.at(0.5) ?? 1
    return [logNormal90(name, { low: value * 0.88, high: value * 1.12 })]
  }
  const calibration: Measurement = {
    narrowed: [
      ...calibrated('speed'),
      ...(target.threadsPerCore > 1 ? calibrated('smtGain') : []),
      ...middle('fsyncUs'),
    ],
    what: 'ten seconds of calibration on the target',
    command: 'corelab calibrate --out target.json',
  }
  const growth = profile.figure === 'reads' ? 'growthReads' : 'growthWrites'
  const disk: Measurement = {
    narrowed: middle('fsyncUs'),
    what: "the latency of a small write and its sync on the target's disk",
    command: 'corelab calibrate --fsync-dir <data folder>',
  }
  return [
    ...(target.speed.by === 'calibration' ? [] : [calibration]),
    ...(target.fsync === null && target.speed.by === 'calibration' ? [disk] : []),
    {
      narrowed: middle(growth),
      what: `${profile.scenario} on the target at three levels up to its saturation: how the demand grows with its cores`,
      command: `corelab bench run ${profile.scenario} --target mysql://... --i-own-this-host`,
    },
    {
      narrowed: middle('demand'),
      what: `${profile.scenario} here at more load levels, with repeats`,
      command: `corelab bench run ${profile.scenario} --connections 8`,
    },
    {
      narrowed: middle('unattributed'),
      what: 'the same runs on a quiet host: who the unattributed CPU belongs to',
      command: null,
    },
    {
      narrowed: middle('roundTripUs'),
      what: 'the round trip time between two hosts of the target',
      command: 'ping -i 0.2 -c 100 <host>',
    },
    {
      narrowed: [...middle('applierShare'), ...middle('applierCpu')],
      what: 'the highest rate at which the replicas of the target keep up',
      command: `corelab bench run ${profile.scenario}`,
    },
    {
      narrowed: [
        ...middle('linkShare'),
        ...middle('readBytes'),
        ...middle('writeBytes'),
        ...middle('customerBytes'),
      ],
      what: 'bytes per operation, from the counters of the network interface',
      command: 'ip -s link',
    },
    {
      narrowed: middle('remoteDemand'),
      what: `${profile.scenario} on the target with the clients on another host`,
      command: null,
    },
  ]
}

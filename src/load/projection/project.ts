import { corelabError } from '../../kit/errors.js'
import type { BenchResult } from '../../model/bench-result.js'
import { publishedRateOf, referenceFigures } from '../reference-platform.js'
import { coresNeeded } from './capacity.js'
import { type FigureModel, figureModel, type HostGains, poolTitles } from './figure-model.js'
import { nextMeasurements } from './next-measurement.js'
import type { Priors } from './priors.js'
import type { Constraint, CoresNeeded, ProjectedFigure, Projection } from './projection.js'
import { type DemandProfile, demandProfiles } from './service-demand.js'
import { type Calibrations, type SpeedRatio, speedRatio } from './speed.js'
import type { TargetHost } from './target-host.js'
import { type Draw, drawsOf, type Spread, spreadOf } from './unknowns.js'
import { fitUsl } from './usl.js'

export interface ProjectionInput {
  readonly results: readonly BenchResult[]
  readonly target: TargetHost
  readonly calibrations: Calibrations
  readonly priors: Priors
  readonly seed: number
  readonly draws?: number
}

const drawsDefault = 4000

/**
 * What the target would do, from service demands measured here, a speed ratio, published growth of the demand with cores,
 * and ceilings that are not CPU; Monte Carlo over what is not known. The same input and seed give the same answer.
 * Throws NOTHING_TO_PROJECT when no result carries it, CALIBRATION_INVALID when calibrations do not fit together.
 */
export function project(input: ProjectionInput): Projection {
  const { target, calibrations, priors, seed, draws = drawsDefault } = input
  const { profiles, leftOut } = demandProfiles(input.results)
  const [first] = profiles
  if (first === undefined) throw nothingToProject(leftOut)
  const speed = speedRatio(target, calibrations, first.host.cpuModel, priors)
  const gains: HostGains = {
    target: target.speed.by === 'calibration' ? (calibrations.target?.allThreadsGain ?? null) : null,
    here: calibrations.here?.allThreadsGain ?? null,
  }
  const models = profiles.map((profile) => ({
    profile,
    model: figureModel(profile, target, { speed, gains, priors }),
  }))
  return {
    schema: 'corelab/projection@1',
    seed,
    draws,
    target,
    speed: { ...speedSpread(speed), by: speed.by },
    measured: profiles.map((profile) => ({ profile, usl: fitUsl(profile.levels, seed) })),
    figures: models.map(({ profile, model }) =>
      projectedFigure({ profile, target, model }, { seed, count: draws }),
    ),
    leftOut,
    notes: [
      ...notesOf(profiles, target),
      ...(calibrations.target?.disturbed || calibrations.here?.disturbed
        ? ['A calibration was taken while others used its host: take it again.']
        : []),
    ],
  }
}

function projectedFigure(
  about: { readonly profile: DemandProfile; readonly target: TargetHost; readonly model: FigureModel },
  options: { readonly seed: number; readonly count: number },
): ProjectedFigure {
  const { profile, model } = about
  const { figure, unit, scenario, transport } = profile
  const goal = publishedRateOf(figure)
  const rateOf = (draw: Draw) => Math.min(...model.ceilings(draw).map(({ perSecond }) => perSecond))
  const draws = drawsOf(model.unknowns, options)
  const limits = draws.map((draw) => model.ceilings(draw))
  const rates = limits.map((each) => Math.min(...each.map(({ perSecond }) => perSecond)))
  const otherLimits = limits.map((each) =>
    Math.min(...each.filter(({ name }) => !name.startsWith('CPU')).map(({ perSecond }) => perSecond)),
  )
  return {
    ...{ figure, goal, unit, scenario, transport },
    perSecond: spreadOf(rates),
    chanceOfGoal: shareOf(rates, (rate) => rate >= goal),
    constraints: constraintsOf(limits),
    needed: model.pools.map((pool) => neededOf(pool, model, draws, goal)),
    notByCores: shareOf(otherLimits, (limit) => limit < goal),
    nextMeasurements: nextMeasurements(about, rateOf, options),
  }
}

function constraintsOf(
  limits: readonly (readonly { readonly name: string; readonly perSecond: number }[])[],
): readonly Constraint[] {
  const binding = limits.map((each) => each.reduce((a, b) => (b.perSecond < a.perSecond ? b : a)).name)
  const names = limits[0]?.map(({ name }) => name) ?? []
  return names
    .map((name, index) => ({
      name,
      bindsShare: shareOf(binding, (each) => each === name),
      perSecond: spreadOf(limits.map((each) => each[index]?.perSecond ?? 0)),
    }))
    .sort((a, b) => b.bindsShare - a.bindsShare || a.perSecond.median - b.perSecond.median)
}

function neededOf(
  pool: FigureModel['pools'][number],
  model: FigureModel,
  draws: readonly Draw[],
  goal: number,
): CoresNeeded {
  const cores = draws.map((draw) => {
    const { gain } = model.equivalents(pool, draw)
    return coresNeeded(model.drawn(pool, draw), draw, { perSecond: goal, here: model.here, gain })
  })
  return { pool: poolTitles[pool.name], hosts: pool.hosts, cores: spreadOf(cores) }
}

function shareOf<T>(values: readonly T[], isIn: (value: T) => boolean): number {
  return values.filter(isIn).length / Math.max(1, values.length)
}

function speedSpread({ low, high }: SpeedRatio): Spread {
  return { median: Math.sqrt(low * high), low, high }
}

function notesOf(profiles: readonly DemandProfile[], target: TargetHost): readonly string[] {
  const figures = new Set(profiles.map(({ figure }) => figure))
  const missing = referenceFigures.map(({ name }) => name).filter((name) => !figures.has(name))
  const noisy = profiles.flatMap(({ noisyIds }) => noisyIds)
  const single = profiles.filter(({ drift }) => drift === null).map(({ scenario }) => scenario)
  return [
    'Each figure stands alone: the host does nothing else meanwhile.',
    'Data fits into memory, there as here; the software and its settings are the same.',
    ...(figures.has('reads')
      ? ['Two published studies disagree about reads on many cores: the interval spans both.']
      : []),
    ...(target.clients.where === 'remote' ? ['Clients run elsewhere and are fast enough.'] : []),
    ...(single.length > 0
      ? [`One busy load level only of ${single.join(', ')}: nobody saw how its demand drifts.`]
      : []),
    ...(noisy.length > 0 ? [`Others used the host while ${noisy.length} of the runs were measured.`] : []),
    ...(missing.length > 0 ? [`Not projected, because not measured: ${missing.join(', ')}.`] : []),
  ]
}

function nothingToProject(leftOut: readonly { readonly id: string; readonly reason: string }[]) {
  return corelabError('NOTHING_TO_PROJECT', {
    message: 'None of the results can be projected',
    detail: leftOut.map(({ id, reason }) => `${id}: ${reason}`).join('\n') || 'There was no result.',
    fix: ['corelab bench run db-read --connections 8', 'corelab bench run db-read --connections 200'],
  })
}

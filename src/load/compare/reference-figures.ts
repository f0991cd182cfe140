import type { BenchFigures, MeasuredFigure } from '../../model/bench-figures.js'
import type { BenchResult } from '../../model/bench-result.js'
import { windowErrors } from '../../model/window-outcomes.js'
import { dataText, loadText } from '../../report/bench/conditions.js'
import type { Projection } from '../projection/projection.js'
import { referenceFigures } from '../reference-platform.js'

/** One row of the table. A run that is no figure, and a capacity probe, has no number in it. */
export function measuredFigure(
  of: (typeof referenceFigures)[number],
  run: { readonly result: BenchResult; readonly dir: string } | null,
): MeasuredFigure {
  const { name, scenario, unit, reference } = of
  const nothing = {
    ...{ perSecond: null, perSecondInterval: null, ratio: null, perCore: null, errors: null },
    ...{ durability: null, data: null, load: null, noise: null, dir: null, command: null },
  }
  if (run === null) return { name, scenario, unit, reference, ...nothing, notAFigure: 'not measured' }
  const { result, dir } = run
  const { figure, load, settings, host, attribution } = result
  const counts = figure !== null && !figure.capacityProbe
  const perSecond = counts ? figure.perSecond : null
  return {
    ...{ name, scenario, unit, reference, dir, perSecond },
    perSecondInterval: counts ? figure.perSecondInterval : null,
    notAFigure: counts ? null : (result.notAFigure ?? 'a capacity probe is no figure of this table'),
    ratio: perSecond === null ? null : perSecond / reference,
    perCore: perSecond === null ? null : perSecond / host.cores,
    errors: windowErrors(load),
    durability: settings.durability,
    data: dataText(settings),
    load: loadText(result),
    noise: attribution.noise?.verdict ?? null,
    command: result.command,
  }
}

/** What the same results let one expect of another host. */
export function projectedFigures(projection: Projection, isExample: boolean): BenchFigures['projected'] {
  const { target } = projection
  const hosts = target.layout === 'host-per-node' ? 'a host for each node' : 'one host for all'
  return {
    target: {
      name: target.name,
      words: `${target.cores} cores${target.threadsPerCore === 2 ? ' with SMT' : ''}, ${hosts}, ${projection.speed.by}`,
      isExample,
    },
    reason: null,
    rows: projection.figures
      .toSorted((a, b) => placeOf(a.figure) - placeOf(b.figure))
      .map((figure) => ({
        ...{ name: figure.figure, unit: figure.unit, reference: figure.goal },
        ...{ median: figure.perSecond.median, low: figure.perSecond.low, high: figure.perSecond.high },
        chance: figure.chanceOfGoal,
        binding: figure.constraints[0]?.name ?? '',
      })),
  }
}

function placeOf(name: string): number {
  return referenceFigures.findIndex((each) => each.name === name)
}

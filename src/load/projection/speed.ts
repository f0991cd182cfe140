import { corelabError } from '../../kit/errors.js'
import { type Calibration, pieceNames } from '../calibrate/calibration.js'
import { cpuClassNamed, cpuClassOf, type Priors, type Range } from './priors.js'
import type { TargetHost } from './target-host.js'

/** How fast one busy core of the target is against one of the measuring host: a 90 % interval, and where it is from. */
export interface SpeedRatio extends Range {
  readonly by: string
}

export interface Calibrations {
  readonly target: Calibration | null
  readonly here: Calibration | null
}

/**
 * By calibration: the pieces of work differ in their ratios, and a database is some mix of them, so their lowest and
 * highest are the interval, widened by how well any mix stands for a server. By class: the quotient of two wide ranges.
 * Throws CALIBRATION_INVALID when only one side, or another kernel, was calibrated.
 */
export function speedRatio(
  target: TargetHost,
  calibrations: Calibrations,
  hereCpuModel: string,
  priors: Priors,
): SpeedRatio {
  const { speed } = target
  if (speed.by === 'ratio') return { low: speed.low, high: speed.high, by: 'ratio given in the target file' }
  if (speed.by === 'calibration') return calibratedRatio(calibrations, priors.ranges.speedModel)
  const here = cpuClassOf(hereCpuModel, priors)
  const ratio = classRatio(speed.cpuClass, here.id, priors)
  return { ...ratio, by: `CPU classes (estimates): ${speed.cpuClass} over ${here.id}` }
}

export function classRatio(there: string, here: string, priors: Pick<Priors, 'cpuClasses'>): Range {
  if (there === here && there !== 'unknown') return { low: 0.9, high: 1.1 }
  const [above, below] = [cpuClassNamed(there, priors), cpuClassNamed(here, priors)]
  return combined([
    { low: above.low, high: above.high },
    { low: 1 / below.high, high: 1 / below.low },
  ])
}

function calibratedRatio({ target, here }: Calibrations, model: Range): SpeedRatio {
  if (target === null || here === null) {
    throw corelabError('CALIBRATION_INVALID', {
      message: 'The target is described by a calibration, and this host has none to divide it by',
      detail:
        'Only the ratio of two calibrations says something: one of the target, one of the host of the results.',
      fix: ['corelab calibrate --out here.json', 'corelab bench project ... --here here.json'],
    })
  }
  if (target.kernel !== here.kernel) {
    throw corelabError('CALIBRATION_INVALID', {
      message: `The calibrations are of different kernels: ${target.kernel} of the target, ${here.kernel} of this host`,
      fix: ['corelab calibrate, with the same version of corelab on both hosts'],
    })
  }
  const ratios = pieceNames.map(
    (piece) => target.singleThread[piece].perSecond / here.singleThread[piece].perSecond,
  )
  const ratio = combined([{ low: Math.min(...ratios), high: Math.max(...ratios) }, model])
  return { ...ratio, by: 'calibration of both hosts' }
}

/** Product of independent factors: logarithms of the middles add, of the half widths by squares. */
function combined(ranges: readonly Range[]): Range {
  const middle = ranges.reduce((sum, { low, high }) => sum + Math.log(low * high) / 2, 0)
  const half = Math.sqrt(ranges.reduce((sum, { low, high }) => sum + (Math.log(high / low) / 2) ** 2, 0))
  return { low: Math.exp(middle - half), high: Math.exp(middle + half) }
}

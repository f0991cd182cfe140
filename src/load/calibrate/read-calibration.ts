import { corelabError, reasonOf } from '../../kit/errors.js'
import { type Calibration, pieceNames } from './calibration.js'

/** The text of a file of `corelab calibrate`; `file` is only named in errors. Throws CALIBRATION_INVALID. */
export function parseCalibration(text: string, file: string): Calibration {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw invalid(file, reasonOf(error))
  }
  // `corelab calibrate --json > file` wraps it into the envelope of every answer.
  const inner = isRecord(value) && isRecord(value.data) ? value.data : value
  const problem = problemOf(inner)
  if (problem !== null) throw invalid(file, problem)
  return inner as unknown as Calibration
}

function problemOf(value: unknown): string | null {
  if (!isRecord(value)) return 'it is not a JSON object'
  if (value.schema !== 'corelab/calibration@1')
    return `its schema is ${JSON.stringify(value.schema ?? null)}, not "corelab/calibration@1"`
  if (typeof value.kernel !== 'number') return 'kernel is missing'
  const speeds = value.singleThread
  if (!isRecord(speeds)) return 'singleThread is missing'
  const missing = pieceNames.find((piece) => !isSpeed(speeds[piece]))
  if (missing) return `singleThread.${missing} has no positive perSecond`
  const gain = value.allThreadsGain
  if (gain !== null && !(typeof gain === 'number' && gain > 0))
    return 'allThreadsGain is not a positive number'
  return null
}

function isSpeed(value: unknown): boolean {
  return isRecord(value) && typeof value.perSecond === 'number' && value.perSecond > 0
}

function invalid(file: string, detail: string) {
  return corelabError('CALIBRATION_INVALID', {
    message: `${file} is not a calibration`,
    detail,
    fix: [`corelab calibrate --out ${file}`],
  })
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

import { corelabError, reasonOf } from '../../kit/errors.js'
import { isRecord } from '../../kit/is-record.js'
import { schemaProblems } from '../../project/schema-problems.js'
import type { Calibration } from './calibration.js'
import { calibrationSchema } from './calibration-schema.js'

/**
 * The text of a file of `corelab calibrate`; `file` is only named in errors. Throws CALIBRATION_INVALID with every field
 * that is missing or not what it must be.
 */
export function parseCalibration(text: string, file: string): Calibration {
  const value = valueIn(text, file)
  const problems = problemsOf(value)
  if (problems.length > 0) throw invalid(file, problems.join('\n'))
  return value as Calibration
}

/** None: the value is a {@link Calibration}. A file of another kind has all fields wrong, so only its kind is told. */
function problemsOf(value: unknown): readonly string[] {
  if (!isRecord(value)) return ['it is not a JSON object']
  if (value.schema !== 'corelab/calibration@1')
    return [`its schema is ${JSON.stringify(value.schema ?? null)}, not "corelab/calibration@1"`]
  return schemaProblems(value, calibrationSchema).map(({ text }) => text)
}

function valueIn(text: string, file: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    // `corelab calibrate --json > file` wraps it into the envelope of every answer.
    return isRecord(value) && isRecord(value.data) ? value.data : value
  } catch (error) {
    throw invalid(file, reasonOf(error))
  }
}

function invalid(file: string, detail: string) {
  return corelabError('CALIBRATION_INVALID', {
    message: `${file} is not a calibration`,
    detail,
    fix: [`corelab calibrate --out ${file}`],
  })
}

import type { CorelabError } from '../kit/errors.js'
import { corelabError } from '../kit/errors.js'

/** One thing wrong in `corelab.yaml`. */
export interface ConfigProblem {
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** More would hide the first ones; the rest are counted. */
const problemsShownMax = 20

/** CONFIG_INVALID with every problem on its own line, in the order of the file. */
export function configInvalid(file: string, problems: readonly ConfigProblem[]): CorelabError {
  const sorted = [...problems].sort((a, b) => a.line - b.line)
  const lines = sorted.slice(0, problemsShownMax).map(({ line, text }) => `line ${line}: ${text}`)
  const hidden = sorted.length - lines.length
  if (hidden > 0) lines.push(`and ${hidden} more`)
  const count = sorted.length === 1 ? '' : ` (${sorted.length} problems)`
  return corelabError('CONFIG_INVALID', {
    message: `${file} is not valid${count}`,
    detail: lines.join('\n'),
    fix: [`Edit ${file}, line ${sorted[0]?.line ?? 1}`],
  })
}

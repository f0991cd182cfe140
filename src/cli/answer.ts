import type { ExitCode } from '../kit/exit-codes.js'
import type { Screen } from './terminal.js'

/** What a command hands back: the same answer once as data and once as lines for people. */
export interface Answer {
  /** For `--json`. An object, so that fields can be added later. */
  readonly data: object
  /** For stdout, without line ends. */
  lines(screen: Screen): readonly string[]
  /** 0 unless the verdict is negative. */
  readonly exit?: ExitCode
  /** The environment that the answer is about. */
  readonly env?: string
}

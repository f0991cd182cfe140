import type { ErrorCode } from '../../kit/error-catalogue.js'
import type { ErrorEntry } from '../../kit/error-entry.js'
import type { Screen } from '../terminal.js'
import { indented, labelled, wrapText } from './layout.js'

/** The page of `corelab explain CODE`. */
export function explanationLines(code: ErrorCode, entry: ErrorEntry, screen: Screen): string[] {
  return [
    `${screen.paint.strong(code)}  ${entry.title}`,
    '',
    ...indented(wrapText(entry.explain, screen.width - 2), 2),
    '',
    ...indented(
      labelled([
        ['Exit status', String(entry.exit)],
        [
          'Run again',
          entry.retryable ? 'the same command may succeed later' : 'only after the cause is mended',
        ],
      ]),
      2,
    ),
  ]
}

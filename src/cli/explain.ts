import type { ErrorCode } from '../kit/error-catalogue.js'
import { errorCatalogue } from '../kit/error-catalogue.js'
import { corelabError } from '../kit/errors.js'
import { nearest } from '../kit/nearest.js'
import type { Answer } from './answer.js'
import { explanationLines } from './render/explanation.js'

/** Looks a code up, in any case. Throws USAGE with the nearest one when there is none. */
export function explainCode(text: string): Answer {
  const wanted = text.toUpperCase().replaceAll('-', '_')
  const codes = Object.keys(errorCatalogue) as ErrorCode[]
  const code = codes.find((each) => each === wanted)
  if (code === undefined) throw unknownCode(text, nearest(wanted, codes))
  const entry = errorCatalogue[code]
  return {
    data: { code, ...entry },
    lines: (screen) => explanationLines(code, entry, screen),
  }
}

/** All codes, for those who do not know which one to ask for. */
export function listCodes(): Answer {
  const entries = Object.entries(errorCatalogue).map(([code, entry]) => ({ code, ...entry }))
  const widest = Math.max(...entries.map(({ code }) => code.length))
  return {
    data: { codes: entries },
    lines: () => entries.map(({ code, title }) => `${code.padEnd(widest)}  ${title}`),
  }
}

function unknownCode(text: string, near: string | null) {
  return corelabError('USAGE', {
    message: `There is no error code "${text}"`,
    detail: near === null ? undefined : `The nearest is ${near}.`,
    fix: [...(near === null ? [] : [`corelab explain ${near}`]), 'corelab explain'],
  })
}

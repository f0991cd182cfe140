import { stripVTControlCharacters } from 'node:util'
import type { Screen } from '../../../src/cli/terminal.js'
import { paintFor } from '../../../src/ui/paint.js'
import { symbolsFor } from '../../../src/ui/symbols.js'

/** What most people have: 80 columns, UTF-8, corelab in PATH; without colours, for comparing. */
export const plainScreen: Screen = {
  width: 80,
  program: 'corelab',
  project: null,
  paint: paintFor({ color: false }),
  symbols: symbolsFor({ unicode: true }),
}

export const colorScreen: Screen = { ...plainScreen, paint: paintFor({ color: true }) }

export function visible(lines: readonly string[]): string[] {
  return lines.map((line) => stripVTControlCharacters(line))
}

export function widest(lines: readonly string[]): number {
  return Math.max(...visible(lines).map((line) => line.length))
}

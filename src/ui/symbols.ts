/** The few marks that progress and answers use. Each is one column wide in every locale. */
export interface Symbols {
  readonly ok: string
  readonly failed: string
  readonly warning: string
  readonly note: string
  readonly spinner: readonly string[]
  readonly barDone: string
  readonly barHead: string
  readonly barLeft: string
}

const common = {
  warning: '!',
  note: '-',
  spinner: ['-', '\\', '|', '/'],
  barDone: '=',
  barHead: '>',
  barLeft: ' ',
}

// U+2714 and U+2716 are neutral in East Asian width; a bullet or a square root would take two columns there.
const unicodeSymbols: Symbols = Object.freeze({ ...common, ok: '\u2714', failed: '\u2716' })
const asciiSymbols: Symbols = Object.freeze({ ...common, ok: '+', failed: 'x' })

export function symbolsFor(terminal: { readonly unicode: boolean }): Symbols {
  return terminal.unicode ? unicodeSymbols : asciiSymbols
}

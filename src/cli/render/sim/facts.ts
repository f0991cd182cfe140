import { indented, wrapText } from '../layout.js'

const labelColumns = 10

/** One line below the verdict: what, and how much. */
export function factLine(label: string, text: string): string {
  return `  ${label.padEnd(labelColumns)}${text}`
}

/** The same, where it may need more lines than one. */
export function wrappedFact(label: string, text: string, width: number): string[] {
  const [first = '', ...rest] = wrapText(text, width - labelColumns - 2)
  return [factLine(label, first), ...indented(rest, labelColumns + 2)]
}

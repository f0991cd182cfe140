/** Colours by meaning, for text that is written line by line (Ink brings its own). */
export interface Paint {
  /** The one thing on a line to look at first. */
  strong(text: string): string
  /** Helpful, but not needed. */
  faint(text: string): string
  good(text: string): string
  bad(text: string): string
  caution(text: string): string
  /** Something to type or to open. */
  action(text: string): string
}

export function paintFor(terminal: { readonly color: boolean }): Paint {
  return terminal.color ? colorPaint : plainPaint
}

const plainPaint: Paint = Object.freeze({
  strong: identity,
  faint: identity,
  good: identity,
  bad: identity,
  caution: identity,
  action: identity,
})

// The sixteen base colours only: they follow the user's own terminal theme, light or dark.
const colorPaint: Paint = Object.freeze({
  strong: sgr(1, 22),
  faint: sgr(2, 22),
  good: sgr(32, 39),
  bad: sgr(31, 39),
  caution: sgr(33, 39),
  action: sgr(36, 39),
})

function sgr(open: number, close: number): (text: string) => string {
  return (text) => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`)
}

function identity(text: string): string {
  return text
}

import type { Html } from './html.js'
import { html } from './html.js'

/** A stretch of time in a lane. `tone` is a class of the page's style, e.g. `role-master`. */
export interface Span {
  readonly fromMs: number
  readonly toMs: number
  readonly label: string
  readonly tone: string
  /** What the pointer shows. */
  readonly hint: string
}

/**
 * Spans as one line of SVG that is as wide as its place: positions are percentages and each label is cut at
 * the end of its own span, so it needs neither script nor scaling.
 */
export function renderSpans(
  spans: readonly Span[],
  range: readonly [fromMs: number, toMs: number],
  heightPx: number,
): Html {
  const percent = (ms: number) => `${((clamp(ms, range) - range[0]) / (range[1] - range[0])) * 100}%`
  const inside = spans.filter((span) => span.toMs > range[0] && span.fromMs < range[1])
  return html`<svg class="spans" width="100%" height="${heightPx}">${inside.map((span) => {
    const shownMs = clamp(span.toMs, range) - clamp(span.fromMs, range)
    const width = percent(range[0] + shownMs)
    const label = shownMs / (range[1] - range[0]) < labelShareMin ? '' : span.label
    return html`<svg x="${percent(span.fromMs)}" width="${width}" height="${heightPx}" class="${span.tone}">
<title>${span.hint}</title><rect width="100%" height="100%"/><text x="6" y="${heightPx / 2}" dy="0.35em">${label}</text></svg>`
  })}</svg>`
}

/** In a narrower span a label would be a torn word; the hint still tells it. */
const labelShareMin = 0.08

function clamp(value: number, [from, to]: readonly [number, number]): number {
  return Math.min(Math.max(value, from), to)
}

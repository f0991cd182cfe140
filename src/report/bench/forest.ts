import type { ComparedRatio, GateVerdict } from '../../model/bench-comparison.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { measureNames } from './compare-words.js'
import { formatRatio } from './quantity.js'

const rowPx = 34

/** Each ratio as a point with its interval on one logarithmic axis; the line is 1, a gate is a mark. */
export function renderForest(ratios: readonly ComparedRatio[], gates: readonly GateVerdict[]): Html | null {
  const rows = ratios.flatMap(({ measure, withinRun, verdict }) =>
    withinRun ? [{ measure, withinRun, verdict }] : [],
  )
  if (rows.length === 0) return null
  const limits = gates.flatMap(({ gate }) => gate.atLeast ?? gate.atMost ?? [])
  const ends = [...rows.flatMap(({ withinRun }) => [withinRun.low, withinRun.high]), ...limits, 1]
  const low = Math.log(Math.max(0.01, Math.min(...ends))) - 0.03
  const high = Math.log(Math.min(100, Math.max(...ends))) + 0.03
  const at = (ratio: number) =>
    `${(((Math.log(Math.min(100, Math.max(0.01, ratio))) - low) / (high - low)) * 100).toFixed(2)}%`
  return html`<div class="forest">${rows.map(({ measure, withinRun, verdict }) => {
    const gate = gates.find((each) => each.gate.measure === measure)?.gate
    const limit = gate?.atLeast ?? gate?.atMost
    const mark =
      limit === undefined
        ? null
        : html`<line class="gate" x1="${at(limit)}" x2="${at(limit)}" y1="2" y2="${rowPx - 2}"><title>gate at ${formatRatio(limit)}</title></line>`
    return html`<div class="row"><span class="name">${measureNames[measure]}</span><svg width="100%" height="${rowPx}" class="plot-row ${verdict}">
<line class="one" x1="${at(1)}" x2="${at(1)}" y1="0" y2="${rowPx}"/>
<line class="range" x1="${at(withinRun.low)}" x2="${at(withinRun.high)}" y1="${rowPx / 2}" y2="${rowPx / 2}"/>
${mark}<circle cx="${at(withinRun.estimate)}" cy="${rowPx / 2}" r="5"><title>${formatRatio(withinRun.estimate)}: ${formatRatio(withinRun.low)} to ${formatRatio(withinRun.high)}</title></circle></svg></div>`
  })}
<p class="aside">Logarithmic; the thin line is 1, a dashed line is a gate.</p></div>`
}

import type { DrillResult, FaultWindow } from '../../model/drill-result.js'
import { formatGap } from '../demo/quantity.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { zeroMsOf } from './timeline.js'

/** Each fault with its time and with the proof that it did something. */
export function renderFaults(result: DrillResult): Html {
  if (result.faults.length === 0)
    return html`<section id="faults"><h2>Faults</h2><p class="aside">Nothing was broken in this run.</p></section>`
  const zeroMs = zeroMsOf(result)
  return html`<section id="faults">
<h2>Faults</h2>
<div class="scroll"><table class="stacked"><thead><tr><th>Effect</th><th>Fault</th><th class="number">From</th><th class="number">For</th><th>What it did</th></tr></thead>
<tbody>${result.faults.map((fault) => renderFault(fault, zeroMs))}</tbody></table></div>
</section>`
}

function renderFault(fault: FaultWindow, zeroMs: number): Html {
  const state = fault.bit === true ? 'valid' : fault.bit === false ? 'violated' : 'unknown'
  const word = { valid: '✓ took effect', violated: '✗ none', unknown: '? not known' }[state]
  const lasted = fault.toMs === null ? 'to the end' : formatGap(fault.toMs - fault.fromMs)
  return html`<tr><td data-label="Effect"><span class="badge ${state}">${word}</span></td><th data-label="Fault">${fault.title}</th>
<td class="number" data-label="From">${((fault.fromMs - zeroMs) / 1000).toFixed(2)} s</td><td class="number" data-label="For">${lasted}</td>
<td data-label="What it did">${fault.evidence}</td></tr>`
}

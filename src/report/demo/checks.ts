import type { CheckVerdict, DemoResult } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'

/** Each checker's verdict with the numbers it rests on. */
export function renderChecks(result: Pick<DemoResult, 'checks'>): Html {
  return html`<section id="checks">
<h2>Checks</h2>
${
  result.checks.length === 0
    ? html`<p class="aside">No check was run, so nothing is claimed.</p>`
    : html`<div class="scroll"><table class="stacked">
<thead><tr><th>Verdict</th><th>Check</th><th>Finding</th><th>Evidence</th></tr></thead>
<tbody>${result.checks.map(renderCheck)}</tbody></table></div>`
}
</section>`
}

function renderCheck(check: CheckVerdict): Html {
  const state = check.valid === 'unknown' ? 'unknown' : check.valid ? 'valid' : 'violated'
  const mark = { valid: '✓', violated: '✗', unknown: '?' }[state]
  return html`<tr class="check ${state}"><td data-label="Verdict"><span class="badge ${state}">${mark} ${state}</span></td>
<th data-label="Check">${check.name}</th><td data-label="Finding">${check.summary}</td>
<td data-label="Evidence" class="evidence">${Object.entries(check.details).map(
    ([name, value]) => html`<span><i>${inWords(name)}</i> ${value === null ? 'none' : spoken(value)}</span> `,
  )}</td></tr>`
}

/** `lostOnMaster` and `lost_on_master` -> `lost on master` */
function inWords(name: string): string {
  return name.replaceAll('_', ' ').replace(/(?<=[a-z])[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`)
}

function spoken(value: string | number | boolean): string {
  return typeof value === 'number'
    ? value.toLocaleString('en-US', { maximumFractionDigits: 3 })
    : String(value)
}

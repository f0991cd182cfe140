import type { BenchResult } from '../../model/bench-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import type { ReportAssets } from '../page.js'
import { renderPage } from '../page.js'
import { renderBanner } from './banner.js'
import { chartsOf, renderCharts } from './charts.js'
import { renderCpuSplit } from './cpu-split.js'
import type { ScalingPoint } from './scaling.js'
import { renderScaling, scalingChart } from './scaling.js'

/**
 * A run as one HTML file that opens from disk in any browser, without a network. `scaling`: runs of the same thing with
 * other numbers of connections, this one included. Pure.
 */
export function renderBenchHtml(
  result: BenchResult,
  assets: ReportAssets,
  scaling: readonly ScalingPoint[] = [],
): string {
  const curve = scalingChart(scaling)
  return renderPage({
    title: `corelab bench ${result.scenario}`,
    body: html`<main>
${renderBanner(result)}
${renderCharts(result)}
${renderCpuSplit(result)}
${renderScaling(scaling)}
${renderChecks(result)}
${renderMeaning()}
<footer>Written by corelab ${result.corelab.version}. The same facts as data: <code>result.json</code>, beside this file.</footer>
</main>`,
    charts: [...chartsOf(result), ...(curve === null ? [] : [curve])],
    assets,
  })
}

function renderChecks({ checks }: Pick<BenchResult, 'checks'>): Html {
  if (checks.length === 0)
    return html`<section id="checks"><h2>Checks after the run</h2><p class="aside">None was made, so nothing is claimed.</p></section>`
  return html`<section id="checks">
<h2>Checks after the run</h2>
<p class="aside">Effects on the servers against what clients were told. A run that fails one of them is not a figure.</p>
<div class="scroll"><table class="stacked"><tbody>${checks.map(
    ({ name, valid, summary }) => html`<tr><th data-label="Check">${name}</th>
<td data-label="Verdict"><span class="badge ${valid ? 'valid' : 'violated'}">${valid ? '✓ valid' : '✗ violated'}</span></td>
<td data-label="Seen">${summary}</td></tr>`,
  )}</tbody></table></div>
</section>`
}

const words = [
  [
    'closed loop',
    'Each connection asks again when it was answered: the most that the host does, and how long one answer takes then.',
  ],
  [
    'open loop',
    'Operations begin at planned times whoever is free: latency counts from the planned time, as a customer would wait.',
  ],
  [
    'interval within a run',
    'Block bootstrap over the slices of the window: what this run could have shown with other luck. It knows nothing of other runs.',
  ],
  [
    'CPU per operation',
    'CPU time of a process within the window, user and system, divided by operations that ended OK.',
  ],
] as const

function renderMeaning(): Html {
  return html`<section id="words"><h2>Words</h2><dl class="words">${words.map(([word, text]) => html`<div><dt>${word}</dt><dd>${text}</dd></div>`)}</dl></section>`
}

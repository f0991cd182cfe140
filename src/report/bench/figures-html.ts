import { formatCount } from '../../kit/units.js'
import type { BenchFigures, MeasuredFigure } from '../../model/bench-figures.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import type { ReportAssets } from '../page.js'
import { renderPage } from '../page.js'
import { hostText, versionText } from './conditions.js'
import { formatRange, formatRate, formatRatio, formatShare } from './quantity.js'

/** The reference table as one HTML file. What was measured and what is projected stand in two sections. Pure. */
export function renderFiguresHtml(figures: BenchFigures, assets: ReportAssets): string {
  return renderPage({
    title: 'corelab bench figures',
    body: html`<main>
<header><p class="kicker">corelab bench figures <span>${figures.id}</span></p>
<p class="shows">The published figures of the reference platform, beside those of this host at ${formatCount(figures.users)} clients.</p></header>
${renderMeasured(figures)}
${renderProjected(figures)}
${renderConditions(figures)}
<footer>Written by corelab ${figures.corelab.version}. The same facts as data: <code>figures.json</code>, beside this file.</footer>
</main>`,
    charts: [],
    assets,
  })
}

function renderMeasured({ measured, customers, host }: BenchFigures): Html {
  return html`<section id="measured"><h2>Measured</h2>
<div class="scroll"><table class="stacked">
<thead><tr><th>Figure</th><th class="number">Reference</th><th class="number">This host</th><th class="number">Within this run</th><th class="number">Ratio</th><th class="number">Per core</th><th class="number">Errors</th></tr></thead>
<tbody>${measured.map(renderRow)}
<tr><th data-label="Figure">Customers</th><td class="number" data-label="Reference">${formatCount(customers.reference)}</td><td class="number big" data-label="This host">${customers.loaded === null ? 'none' : formatCount(customers.loaded)}</td><td></td>
<td class="number" data-label="Ratio">${customers.loaded === null ? '' : formatRatio(customers.loaded / customers.reference)}</td><td></td><td></td></tr>
</tbody></table></div>
<p class="aside">Ratio: this host over the reference. Per core: over all ${host.cores} cores, clients included. The reference platform's own host, data size and durability are not published.</p></section>`
}

function renderRow(row: MeasuredFigure): Html {
  const { name, unit, scenario, reference, perSecond, perSecondInterval, ratio, perCore, errors } = row
  return html`<tr><th data-label="Figure">${name} ${unit}<br><code>${scenario}</code></th>
<td class="number" data-label="Reference">${formatCount(reference)}</td>
<td class="number big" data-label="This host">${perSecond === null ? 'no figure' : formatRate(perSecond)}</td>
<td class="number" data-label="Within run">${perSecondInterval ? formatRange(perSecondInterval) : 'too short'}</td>
<td class="number" data-label="Ratio">${ratio === null ? '' : formatRatio(ratio)}</td>
<td class="number" data-label="Per core">${perCore === null ? '' : formatRate(perCore)}</td>
<td class="number${errors ? ' bad' : ''}" data-label="Errors">${errors === null ? '' : formatCount(errors)}</td></tr>`
}

function renderProjected({ projected }: BenchFigures): Html {
  const { target, rows, reason } = projected
  if (target === null)
    return html`<section id="projected"><h2>Projected, not measured</h2><p class="aside">${reason ?? 'Nothing could be projected.'}</p></section>`
  const about = (value: number) => `~${formatRate(value)}`
  return html`<section id="projected" class="projected"><h2>Projected, not measured</h2>
<p>For ${target.name}${target.isExample ? ' (an example; name yours with --target)' : ''}: ${target.words}.</p>
<div class="scroll"><table class="stacked">
<thead><tr><th>Figure</th><th class="number">Reference</th><th class="number">Median</th><th class="number">90 % interval</th><th class="number">Chance of the reference</th><th>Limit</th></tr></thead>
<tbody>${rows.map(
    (
      row,
    ) => html`<tr><th data-label="Figure">${row.name} ${row.unit}</th><td class="number" data-label="Reference">${formatCount(row.reference)}</td>
<td class="number guess" data-label="Median">${about(row.median)}</td><td class="number guess" data-label="90 %">${about(row.low)} to ${about(row.high)}</td>
<td class="number guess" data-label="Chance">~${formatShare(row.chance)}</td><td data-label="Limit">${row.binding}</td></tr>`,
  )}</tbody></table></div>
<p class="aside">From CPU per operation measured here, the speed of a core there, and published growth of that demand with cores. <code>corelab bench project</code> tells the rest.</p></section>`
}

function renderConditions(figures: BenchFigures): Html {
  const facts: (readonly [string, string])[] = figures.measured.flatMap((each) => [
    [each.name, each.notAFigure ?? [each.load, each.durability, each.data, noiseText(each)].join('; ')],
  ])
  const general = [
    ['Started', figures.startedAt],
    ['Profile', figures.profile],
    ['Versions', versionText(figures)],
    ['Host', hostText(figures.host)],
  ] as const
  return html`<section id="reproduce"><h2>Measured under</h2>
<pre><code>${figures.command}</code></pre>
<dl class="facts">${[...facts, ...general].map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

function noiseText({ noise }: MeasuredFigure): string {
  if (noise === null) return 'noise not known'
  return noise === 'quiet' ? 'quiet host' : 'others used the host meanwhile: too low'
}

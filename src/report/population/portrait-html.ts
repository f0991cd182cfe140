import { formatCount } from '../../kit/units.js'
import {
  isOnTarget,
  type PopulationPortrait,
  type PortraitMeasure,
  type PortraitPlot,
  type PortraitSection,
} from '../../model/population-portrait.js'
import { type Html, html } from '../html.js'
import { type ReportAssets, renderPage } from '../page.js'
import { renderChartPlace, type TimeChart } from '../time-chart.js'
import { formatMeasure } from './quantity.js'

/** A population as one HTML file that opens from disk in any browser, without a network. Pure. */
export function renderPortraitHtml(portrait: PopulationPortrait, assets: ReportAssets): string {
  return renderPage({
    title: 'corelab users: a population beside its targets',
    body: html`<main>
${renderHead(portrait)}
${portrait.sections.map(renderSection)}
<footer>Written by corelab ${portrait.corelab}. The rows behind these figures: <code>corelab users generate</code>; a single one: <code>corelab users sample</code>.</footer>
</main>`,
    charts: portrait.sections.flatMap(({ plots }) => plots.map(chartOf)),
    assets,
  })
}

function renderHead(portrait: PopulationPortrait): Html {
  const measures = portrait.sections.flatMap((section) => section.measures)
  const judged = measures.filter((measure) => isOnTarget(measure) !== null)
  const off = judged.filter((measure) => isOnTarget(measure) === false)
  const right = off.length === 0
  const part =
    portrait.sampled === portrait.customers
      ? 'All customers were read.'
      : `${formatCount(portrait.sampled)} of them were read, from all parts of the population.`
  return html`<header>
<p class="kicker">corelab users describe</p>
<p class="shows">${portrait.population}. ${part}</p>
${
  portrait.lookalike
    ? html`<p class="control breach">LOOKALIKE numbers: some belong to living people. Do not pass the rows on.</p>`
    : null
}
<div class="verdict ${right ? 'pass' : 'unknown'}" id="verdict">
<span class="mark" aria-hidden="true">${right ? '✓' : '?'}</span>
<div><h1>${right ? 'On target' : `${formatCount(off.length)} off target`}</h1>
<p>${formatCount(judged.length - off.length)} of ${formatCount(judged.length)} figures are where they were meant to be, within what chance and rounding may move them.</p></div>
</div>
</header>
<section id="reproduce"><h2>Run it again</h2><pre><code>${portrait.command}</code></pre>
<p class="aside">The figures are counted from the bytes of the rows, not taken from the generator. The same flags give the same rows on every machine.</p></section>`
}

function renderSection({ id, title, source, measures, plots }: PortraitSection): Html {
  return html`<section id="${id}">
<h2>${title}</h2>
<p class="aside">${source}</p>
<div class="scroll"><table>
<thead><tr><th>Figure</th><th class="number">Realised</th><th class="number">Target</th><th class="number">May be off by</th><th></th></tr></thead>
<tbody>${measures.map(renderMeasure)}</tbody>
</table></div>
${plots.map((plot) => renderChartPlace(chartOf(plot), plot))}
</section>`
}

function renderMeasure(measure: PortraitMeasure): Html {
  const { name, unit, realised, target, tolerance } = measure
  const onTarget = isOnTarget(measure)
  const badge =
    onTarget === null
      ? null
      : html`<span class="badge ${onTarget ? 'valid' : 'unknown'}">${onTarget ? 'on target' : 'off'}</span>`
  return html`<tr><th>${name}</th><td class="number">${formatMeasure(realised, unit)}</td>
<td class="number">${target === null ? '' : formatMeasure(target, unit)}</td>
<td class="number">${tolerance === null || tolerance === 0 ? '' : formatMeasure(tolerance, unit)}</td><td>${badge}</td></tr>`
}

function chartOf(plot: PortraitPlot): TimeChart {
  const { xs, realised, target } = plot
  const margin = xs.length > 30 ? 0.5 : 0
  return {
    id: plot.id,
    xLabel: plot.xLabel,
    yLabel: plot.yLabel,
    unit: plot.unit,
    xUnit: plot.xUnit,
    scale: plot.scale,
    xs,
    range: [Math.min(...xs) - margin, Math.max(...xs) + margin],
    series: [
      {
        label: 'realised',
        tone: 'ok',
        shape: plot.scale === 'log' || xs.length <= 30 ? 'line' : 'bars',
        values: realised,
      },
      ...(target === null
        ? []
        : [{ label: 'target', tone: 'unknown', shape: 'line', values: target } as const]),
    ],
    bands: [],
    marks: [],
    group: plot.id,
  }
}

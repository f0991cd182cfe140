import type { BenchComparison, ComparedRatio, GateVerdict } from '../../model/bench-comparison.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import type { ReportAssets } from '../page.js'
import { renderPage } from '../page.js'
import type { TimeChart } from '../time-chart.js'
import { renderChartPlace } from '../time-chart.js'
import { gateLimit, measureNames, measureValue, verdictWords } from './compare-words.js'
import { hostText, versionText } from './conditions.js'
import { renderForest } from './forest.js'
import { formatRatio } from './quantity.js'

/** A comparison as one HTML file that opens from disk in any browser, without a network. Pure. */
export function renderCompareHtml(comparison: BenchComparison, assets: ReportAssets): string {
  const { sides, corelab } = comparison
  const chart = blockChart(comparison)
  return renderPage({
    title: `corelab bench compare: ${sides.a.label} and ${sides.b.label}`,
    body: html`<main>
${renderHead(comparison)}
${renderRatios(comparison)}
${renderGates(comparison.gates)}
${chart === null ? null : renderBlocks(comparison, chart)}
${renderConditions(comparison)}
${renderChecks(comparison)}
<footer>Written by corelab ${corelab.version}. The same facts as data: <code>comparison.json</code>, beside this file.</footer>
</main>`,
    charts: chart === null ? [] : [chart],
    assets,
  })
}

function renderHead(comparison: BenchComparison): Html {
  const { sides, notAComparison, how } = comparison
  const scenario = [...new Set([sides.a.scenario, sides.b.scenario])].join(' and ')
  const rate = comparison.ratios.find(({ measure }) => measure === 'perSecond')
  const form =
    how === 'saved'
      ? 'Saved runs: they were not measured in turns, so what the host did meanwhile is in the ratio.'
      : 'Measured in turns, ABBA, on one host: what slowed both sides alike cancels out.'
  return html`<header>
<p class="kicker">corelab bench compare <span>${comparison.id}</span></p>
<p class="shows">${sides.a.label} : ${sides.b.label}, ${scenario}</p>
${
  notAComparison !== null
    ? html`<div class="verdict fail"><span class="mark" aria-hidden="true">✗</span><div><h1>No comparison</h1><p>${notAComparison}</p></div></div>`
    : html`<div class="verdict ${headTone(comparison)}"><div><h1>${rate?.withinRun ? `${formatRatio(rate.withinRun.estimate)} : 1` : 'Not known'}</h1><p>Operations per second, ${sides.a.label} : ${sides.b.label}. ${rate?.withinRun ? `95 % interval within this run: ${formatRatio(rate.withinRun.low)} to ${formatRatio(rate.withinRun.high)}.` : 'Too few blocks for an interval.'} ${form}</p></div></div>`
}
</header>`
}

function headTone({ gates, noise }: BenchComparison): string {
  if (gates.some(({ verdict }) => verdict === 'missed')) return 'fail'
  return noise.verdict === 'noisy' || gates.some(({ verdict }) => verdict === 'open') ? 'unknown' : 'pass'
}

function renderRatios({ ratios, sides, gates }: BenchComparison): Html {
  const labels = { a: sides.a.label, b: sides.b.label }
  return html`<section id="ratios">
<h2>Ratios</h2>
${renderForest(ratios, gates)}
<div class="scroll"><table class="stacked">
<thead><tr><th>Measure</th><th class="number">${labels.a}</th><th class="number">${labels.b}</th><th class="number">Ratio</th><th class="number">Within this run</th><th class="number">Between runs</th><th>Verdict</th></tr></thead>
<tbody>${ratios.map((ratio) => renderRatio(ratio, labels))}</tbody></table></div>
<p class="aside">Within this run: block bootstrap of the ratios of neighbouring blocks. Between runs: lowest and highest ratio of separate runs of the same comparison; a claim needs three of them. Medians of the blocks are there to have a scale.</p>
</section>`
}

function renderRatio(ratio: ComparedRatio, labels: { readonly a: string; readonly b: string }): Html {
  const { measure, a, b, withinRun, betweenRuns, better } = ratio
  const runs = betweenRuns
    ? `${formatRatio(betweenRuns.min)} to ${formatRatio(betweenRuns.max)} (${betweenRuns.runs} runs)`
    : 'one run'
  return html`<tr><th data-label="Measure">${measureNames[measure]}<br><span class="better">${better} is better</span></th>
<td class="number" data-label="${labels.a}">${measureValue(measure, a)}</td><td class="number" data-label="${labels.b}">${measureValue(measure, b)}</td>
<td class="number big" data-label="Ratio">${withinRun ? formatRatio(withinRun.estimate) : ''}</td>
<td class="number" data-label="Within run">${withinRun ? `${formatRatio(withinRun.low)} to ${formatRatio(withinRun.high)}` : 'too few blocks'}</td>
<td class="number" data-label="Between runs">${runs}</td><td data-label="Verdict">${verdictWords(ratio, labels)}</td></tr>`
}

function renderGates(gates: readonly GateVerdict[]): Html | null {
  if (gates.length === 0) return null
  const badges = { met: 'valid', missed: 'violated', open: 'unknown' } as const
  return html`<section id="gates"><h2>Gates</h2>
<div class="scroll"><table class="stacked"><tbody>${gates.map(
    ({ gate, ratio, verdict }) => html`<tr><th data-label="Gate">${gate.name}</th>
<td data-label="Wanted">${measureNames[gate.measure]} ${gateLimit(gate)}</td>
<td data-label="Seen">${ratio ? `${formatRatio(ratio.estimate)} (${formatRatio(ratio.low)} to ${formatRatio(ratio.high)})` : 'not measured'}</td>
<td data-label="Verdict"><span class="badge ${badges[verdict]}">${verdict}</span></td></tr>`,
  )}</tbody></table></div></section>`
}

/** Each side over its blocks, in the order of time. */
function blockChart({ blocks, sides }: BenchComparison): TimeChart | null {
  if (blocks.length === 0) return null
  const values = (side: 'a' | 'b') => blocks.map((block) => (block.side === side ? block.perSecond : null))
  return {
    id: 'chart-blocks',
    xLabel: 'block',
    yLabel: 'operations per second',
    unit: '/s',
    xUnit: '',
    scale: 'linear',
    xs: blocks.map((_, index) => index + 1),
    range: [0.5, blocks.length + 0.5],
    bands: blocks.flatMap(({ contaminated }, index) =>
      contaminated ? [{ from: index + 0.5, to: index + 1.5, label: 'left out' }] : [],
    ),
    marks: [],
    group: 'blocks',
    series: [
      { label: sides.a.label, tone: 'ok', shape: 'bars', values: values('a') },
      { label: sides.b.label, tone: 'unknown', shape: 'bars', values: values('b') },
    ],
  }
}

function renderBlocks({ noise }: BenchComparison, chart: TimeChart): Html {
  return html`<section id="blocks"><h2>Blocks</h2>
${renderChartPlace(chart, { title: 'Operations per second by block', caption: `In the order in which they were measured. Shaded: left out. Noise: ${noise.verdict}; ${noise.reason}.` })}
</section>`
}

function renderConditions(comparison: BenchComparison): Html {
  const facts: readonly (readonly [string, string])[] = [
    ...comparison.conditions,
    ['Started', comparison.startedAt],
    ['Choices', `seed ${comparison.seed}, digest ${comparison.digest}`],
    ['Versions', versionText(comparison)],
    ['Host', hostText(comparison.host)],
  ]
  return html`<section id="reproduce"><h2>Compare again</h2>
<pre><code>${comparison.command}</code></pre>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl></section>`
}

function renderChecks({ checks }: BenchComparison): Html | null {
  if (checks.length === 0) return null
  return html`<section id="checks"><h2>Checks after the blocks</h2>
<div class="scroll"><table class="stacked"><tbody>${checks.map(
    ({ name, valid, summary }) => html`<tr><th data-label="Check">${name}</th>
<td data-label="Verdict"><span class="badge ${valid ? 'valid' : 'violated'}">${valid ? '✓ valid' : '✗ violated'}</span></td><td data-label="Seen">${summary}</td></tr>`,
  )}</tbody></table></div></section>`
}

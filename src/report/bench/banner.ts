import { LogHistogram } from '../../kit/log-histogram.js'
import { formatCount } from '../../kit/units.js'
import type { BenchResult } from '../../model/bench-result.js'
import { windowErrors } from '../../model/window-outcomes.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { dutyFacts, hostText, loadText, serverFacts, versionText } from './conditions.js'
import { formatMicroseconds, formatRange, formatRate } from './quantity.js'

/** The figure, or why there is none; what it may not be printed without; and how to measure it again. */
export function renderBanner(result: BenchResult): Html {
  return html`<header>
<p class="kicker">corelab bench ${result.scenario} <span>${result.id}</span></p>
<p class="shows">${result.title}</p>
${renderFigure(result)}
<div class="tiles">${tilesOf(result).map(
    ([label, value, note]) =>
      html`<div class="tile"><p class="label">${label}</p><p class="value">${value}</p><p class="note">${note}</p></div>`,
  )}</div>
</header>
<section id="reproduce">
<h2>Measure it again</h2>
<pre><code>${result.command}</code></pre>
<dl class="facts">${factsOf(result).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`
}

function renderFigure({ figure, notAFigure, load }: BenchResult): Html {
  if (figure === null)
    return html`<div class="verdict fail" id="verdict"><span class="mark" aria-hidden="true">✗</span>
<div><h1>Not a figure</h1><p>${notAFigure ?? 'The run did not end as it should.'}</p></div></div>`
  const unit = figure.unit === 'QPS' ? 'queries per second' : 'business transactions per second'
  const interval =
    figure.perSecondInterval === null
      ? 'The window is too short for an interval.'
      : `95 % interval within this run: ${formatRange(figure.perSecondInterval)}. Other runs may lie outside of it.`
  const early = load.ended === 'time' ? '' : ` The run ended early: ${load.ended}.`
  const probe = figure.capacityProbe
    ? html`<p class="breach">Capacity probe: statements were pipelined. It does not compare with other figures.</p>`
    : null
  return html`<div class="verdict ${figure.capacityProbe ? 'unknown' : 'pass'}" id="verdict">
<div><h1>${formatRate(figure.perSecond)} ${figure.unit}</h1><p>${unit}. ${interval}${early}</p>${probe}</div></div>`
}

type Tile = readonly [label: string, value: string, note: string]

function tilesOf({ load, figure, host, attribution }: BenchResult): readonly Tile[] {
  const histogram = LogHistogram.of(load.latency)
  const at = (percentile: number) => {
    const us = histogram.percentileUs(percentile)
    return us === null ? '–' : formatMicroseconds(us)
  }
  const failed = windowErrors(load)
  const client = attribution.processes.find(({ name }) => name === 'client')?.cpuUsPerOperation ?? null
  const from = load.serviceTime === null ? 'service time, closed loop' : 'from the planned time'
  return [
    ['Latency, median', at(50), from],
    ['Latency, p95', at(95), from],
    ['Latency, p99', at(99), from],
    ['Errors', formatCount(failed), `of ${formatCount(load.latency.count + failed)} operations`],
    ['Client CPU', client === null ? '–' : formatMicroseconds(client), 'for each operation'],
    [
      'Per core',
      figure === null ? '–' : formatRate(figure.perSecond / host.cores),
      `over all ${host.cores} cores, clients included`,
    ],
  ]
}

function factsOf(result: BenchResult): readonly (readonly [string, string])[] {
  const { settings, startedAt } = result
  return [
    ...dutyFacts(result),
    ['Load', loadText(result)],
    ...serverFacts(result.settings),
    ...(result.load.schedule === null ? [] : [['Schedule', scheduleText(result)] as const]),
    ['Started', startedAt],
    ['Choices', `seed ${settings.seed}, profile ${settings.profile}`],
    ['Settings', `digest ${settings.digest}`],
    ['Versions', versionText(result)],
    ['Host', hostText(result.host)],
  ]
}

function scheduleText({ load }: BenchResult): string {
  const { planned, begun, late, skipped, backlogMax } = load.schedule ?? {
    ...{ planned: 0, begun: 0, late: 0, skipped: 0, backlogMax: 0 },
  }
  return `${formatCount(begun)} of ${formatCount(planned)} planned operations begun, ${formatCount(late)} more than 1 ms late, ${formatCount(skipped)} skipped, at most ${formatCount(backlogMax)} waiting`
}

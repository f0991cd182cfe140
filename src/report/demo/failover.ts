import type { DemoResult, FailoverFacts } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { renderChartPlace } from '../time-chart.js'
import { latencyChart, throughputChart } from './load-charts.js'
import { formatGap } from './quantity.js'
import { renderRoles } from './roles.js'

/** The heart of the tour: what clients, nodes and keeper saw around the SIGKILL, on one time axis. */
export function renderFailover(result: DemoResult): Html {
  if (!result.transfers) return renderNothing()
  const throughput = throughputChart(result)
  const latency = latencyChart(result)
  return html`<section id="failover">
<h2>Failover under load</h2>
${result.failover === null ? html`<p class="aside">The master was not killed in this run.</p>` : renderChain(result.failover)}
${throughput === null ? null : renderChartPlace(throughput, { title: 'Transfers per second', caption: throughputCaption(result) })}
${latency === null ? null : renderChartPlace(latency, { title: 'Latency of acknowledged transfers', caption: 'Logarithmic scale. In an interval without an acknowledged transfer there is no point.' })}
${renderRoles(result)}
</section>`
}

function renderNothing(): Html {
  return html`<section id="failover"><h2>Failover under load</h2><p class="aside">No transfers were run.</p></section>`
}

function throughputCaption(result: DemoResult): string {
  const transfers = result.transfers
  if (!transfers) return ''
  const shaded = result.failover === null ? '' : ' Shaded: no client got an OK.'
  return `${transfers.clients} clients, closed loop, in intervals of ${transfers.pointIntervalMs} ms. ${transfers.durability}.${shaded}`
}

interface Link {
  readonly name: string
  readonly what: string
  readonly afterMs: number | null
  readonly seenBy: string
}

function renderChain(facts: FailoverFacts): Html {
  const links = linksOf(facts)
  return html`<div class="scroll"><table class="chain stacked">
<thead><tr><th>Event</th><th>What happened</th><th class="number">After SIGKILL</th><th class="number">Step took</th><th>Recorded by</th></tr></thead>
<tbody>${links.map((link, index) => {
    const before = previousMs(links, index)
    const took = link.afterMs === null || before === null ? null : link.afterMs - before
    return html`<tr>
<th data-label="Event">${link.name}</th><td data-label="What happened">${link.what}</td>
<td class="number" data-label="After SIGKILL">${link.afterMs === null ? 'did not happen' : formatGap(link.afterMs)}</td>
<td class="number" data-label="Step took">${took === null ? '' : signed(took)}</td>
<td data-label="Recorded by">${link.seenBy}</td></tr>`
  })}</tbody></table></div>
${facts.publications.length === 0 ? null : renderPublications(facts)}`
}

/** Clients may be served a moment before the keeper has written its own record; say so with the sign. */
function signed(tookMs: number): string {
  return tookMs < 0 ? `−${formatGap(-tookMs)}` : `+${formatGap(tookMs)}`
}

function linksOf(facts: FailoverFacts): readonly Link[] {
  const firstOkAfterMs = facts.firstOkAtMs === null ? null : facts.firstOkAtMs - facts.killedAtMs
  const epochs = facts.epochAfter === null ? '' : ` (epoch ${facts.epochBefore} -> ${facts.epochAfter})`
  return [
    { name: 'kill', what: `SIGKILL to ${facts.killedNode}, the master`, afterMs: 0, seenBy: 'tour' },
    {
      name: 'detect',
      what: 'The keeper holds the master for dead',
      afterMs: facts.detectedAfterMs,
      seenBy: 'keeper',
    },
    {
      name: 'promote',
      what: `${facts.newMaster ?? 'The shadow'} has applied everything it received and is open for writes`,
      afterMs: facts.promotedAfterMs,
      seenBy: 'keeper',
    },
    {
      name: 'publish',
      what: `Routers are told who the master is${epochs}`,
      afterMs: facts.publishedAfterMs,
      seenBy: 'keeper',
    },
    {
      name: 'first OK',
      what: 'A client gets an OK for a write again',
      afterMs: firstOkAfterMs,
      seenBy: 'clients',
    },
  ]
}

function previousMs(links: readonly Link[], index: number): number | null {
  for (let before = index - 1; before >= 0; before--) {
    const link = links[before]
    if (link && link.afterMs !== null) return link.afterMs
  }
  return null
}

function renderPublications(facts: FailoverFacts): Html {
  return html`<details><summary>What the keeper published (${facts.publications.length})</summary>
<div class="scroll"><table class="stacked"><thead><tr><th class="number">After SIGKILL</th><th class="number">Epoch</th><th>Master</th><th>Reason</th></tr></thead>
<tbody>${facts.publications.map(
    (
      each,
    ) => html`<tr><td class="number" data-label="After SIGKILL">${formatGap(each.atMs - facts.killedAtMs)}</td>
<td class="number" data-label="Epoch">${each.epoch}</td><td data-label="Master">${each.master ?? 'none'}</td><td data-label="Reason">${each.reason}</td></tr>`,
  )}</tbody></table></div></details>`
}

import type { DrillResult } from '../../model/drill-result.js'
import { renderChecks } from '../demo/checks.js'
import { renderSteps } from '../demo/steps.js'
import { html } from '../html.js'
import type { ReportAssets } from '../page.js'
import { renderPage } from '../page.js'
import { renderBanner } from './banner.js'
import { renderChain } from './chain.js'
import { renderEvidence } from './evidence.js'
import { renderFaults } from './faults.js'
import { renderWords } from './glossary.js'
import { latencyChart, renderTimeline, throughputChart } from './timeline.js'

/** Longer lists are folded. */
const stepsShownMax = 60

/** A drill as one HTML file that opens from disk in any browser, without a network. Pure. */
export function renderDrillHtml(result: DrillResult, assets: ReportAssets): string {
  const charts = [throughputChart(result), latencyChart(result)]
  const steps = result.steps.map((step, index) => ({ ...step, id: `step-${index + 1}` }))
  return renderPage({
    title: `corelab ${result.id} ${result.name}: ${result.verdict}`,
    body: html`<main>
${renderBanner(result)}
${renderTimeline(result)}
${renderChain(result)}
${renderEvidence(result)}
${renderFaults(result)}
${renderChecks(result)}
${steps.length > stepsShownMax ? html`<details><summary>What was done, step by step (${steps.length})</summary>${renderSteps({ durationMs: result.durationMs, steps })}</details>` : renderSteps({ durationMs: result.durationMs, steps })}
${renderWords()}
<footer>Written by corelab ${result.corelab}. The same facts as data: <code>result.json</code>; what the clients saw: <code>history.jsonl</code>; what the keeper did: <code>keeper-events.jsonl</code>, beside this file.</footer>
</main>`,
    charts: charts.filter((chart) => chart !== null),
    assets,
  })
}

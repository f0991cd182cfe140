import type { DemoResult } from '../model/demo-result.js'
import { renderBanner } from './demo/banner.js'
import { renderChecks } from './demo/checks.js'
import { renderFailover } from './demo/failover.js'
import { renderFigures } from './demo/figures.js'
import { renderGlossary } from './demo/glossary.js'
import { latencyChart, rowsChart, throughputChart } from './demo/load-charts.js'
import { renderReproduce } from './demo/reproduce.js'
import { renderSteps } from './demo/steps.js'
import { html } from './html.js'
import type { ReportAssets } from './page.js'
import { renderPage } from './page.js'

/** A tour as one HTML file that opens from disk in any browser, without a network. Pure. */
export function renderDemoHtml(result: DemoResult, assets: ReportAssets): string {
  const charts = [throughputChart(result), latencyChart(result), rowsChart(result)]
  return renderPage({
    title: `corelab demo: ${result.verdict}`,
    body: html`<main>
${renderBanner(result)}
${renderReproduce(result)}
${renderSteps(result)}
${renderFailover(result)}
${renderChecks(result)}
${renderFigures(result)}
${renderGlossary()}
<footer>Written by corelab ${result.corelab}. The same facts as data: <code>result.json</code>; what the clients saw: <code>history.jsonl</code>, beside this file.</footer>
</main>`,
    charts: charts.filter((chart) => chart !== null),
    assets,
  })
}

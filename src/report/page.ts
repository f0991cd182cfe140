import { createHash } from 'node:crypto'
import type { Html } from './html.js'
import { escapeHtml } from './html.js'
import type { TimeChart } from './time-chart.js'

/** The texts that a report carries inside itself, read by the caller so that rendering stays pure. */
export interface ReportAssets {
  /** uPlot as one script that defines `uPlot`. */
  readonly plotScript: string
  readonly plotStyle: string
  /** Draws the charts of the page's data with uPlot. */
  readonly chartScript: string
  readonly pageStyle: string
}

/**
 * One self-contained HTML file. Its content security policy forbids everything but its own style and scripts
 * (by hash), so that neither a network nor text that came from a server can add anything to it.
 */
export function renderPage(page: {
  readonly title: string
  readonly body: Html
  readonly charts: readonly TimeChart[]
  readonly assets: ReportAssets
}): string {
  const style = asParsed(`${page.assets.plotStyle}\n${page.assets.pageStyle}`)
  const script = asParsed(`${page.assets.plotScript}\n${page.assets.chartScript}`)
  const policy = [
    "default-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `style-src ${hashOf(style)}`,
    `script-src ${hashOf(script)}`,
  ].join('; ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeHtml(page.title)}</title>
<style>${style}</style>
</head>
<body>
${page.body.text}
<script type="application/json" id="charts">${jsonForScript(page.charts)}</script>
<script>${script}</script>
</body>
</html>
`
}

/** JSON that cannot end the script element it stands in. */
function jsonForScript(value: unknown): string {
  return JSON.stringify(value)
    .replace(/</g, '\\u003c')
    .replace(/\u2028/g, '\\u2028')
    .replace(/\u2029/g, '\\u2029')
}

/** The text as a browser will hash it: with unix line ends, and without a tag that would end the element. */
function asParsed(text: string): string {
  return text.replace(/\r\n?/g, '\n').replace(/<\/(script|style)/gi, '<\\/$1')
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}'`
}

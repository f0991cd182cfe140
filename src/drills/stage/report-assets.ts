import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { packageRoot } from '../../project/package-root.js'
import type { ReportAssets } from '../../report/page.js'

/** Reads what a report carries inside itself, from the package and from uPlot. */
export async function readReportAssets(): Promise<ReportAssets> {
  const uplot = (name: string) => createRequire(import.meta.url).resolve(`uplot/dist/${name}`)
  const own = (name: string) => join(packageRoot, 'templates', 'report', name)
  const [plotScript, plotStyle, chartScript, pageStyle] = await Promise.all(
    [uplot('uPlot.iife.min.js'), uplot('uPlot.min.css'), own('charts.js'), own('report.css')].map((path) =>
      readFile(path, 'utf8'),
    ),
  )
  return {
    plotScript: plotScript ?? '',
    plotStyle: plotStyle ?? '',
    chartScript: chartScript ?? '',
    pageStyle: pageStyle ?? '',
  }
}

import { readFileSync } from 'node:fs'
import type { ReportAssets } from '../../../src/report/page.js'

const textOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')

export const assets: ReportAssets = {
  plotScript: textOf('node_modules/uplot/dist/uPlot.iife.min.js'),
  plotStyle: textOf('node_modules/uplot/dist/uPlot.min.css'),
  chartScript: textOf('templates/report/charts.js'),
  pageStyle: textOf('templates/report/report.css'),
}

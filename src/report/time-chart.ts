import type { Html } from './html.js'
import { html } from './html.js'

/** What a series means; the page's style gives each meaning one colour, also in the dark and on paper. */
export type ChartTone = 'ok' | 'failed' | 'unknown' | 'median' | 'tail' | 'rows'

/** A chart over time as plain data; the script in the page draws it. */
export interface TimeChart {
  readonly id: string
  readonly xLabel: string
  readonly yLabel: string
  /** What the readout writes behind a value, e.g. `/s` or ` ms`. */
  readonly unit: string
  /** The same for the x axis; ` s` without it. */
  readonly xUnit?: string
  readonly scale: 'linear' | 'log'
  /** Seconds, unless `xUnit` says otherwise. */
  readonly xs: readonly number[]
  /** An axis with names in place of numbers, e.g. percentiles; the readout then names the nearest one. */
  readonly xTicks?: readonly { readonly at: number; readonly label: string }[]
  /** The shown range, so that charts with the same range line up with each other and with role lanes. */
  readonly range: readonly [number, number]
  readonly series: readonly {
    readonly label: string
    readonly tone: ChartTone
    readonly shape: 'area' | 'line' | 'bars'
    readonly values: readonly (number | null)[]
  }[]
  readonly bands: readonly { readonly from: number; readonly to: number; readonly label: string }[]
  readonly marks: readonly { readonly at: number; readonly label: string }[]
  /** Charts with the same group share their cursor. */
  readonly group: string
}

/** The place in the page where a chart is drawn. `caption` says in words what there is to see. */
export function renderChartPlace(chart: TimeChart, text: { title: string; caption: string }): Html {
  return html`<figure class="chart">
<figcaption><h3>${text.title}</h3><p>${text.caption}</p></figcaption>
<div class="plot" id="${chart.id}" role="img" aria-label="${text.title}. ${text.caption}"></div>
</figure>`
}

import { expect, test } from 'vitest'
import { html } from '../../../src/report/html.js'
import { renderPage } from '../../../src/report/page.js'
import type { TimeChart } from '../../../src/report/time-chart.js'

const assets = { plotScript: 'plot()', plotStyle: '', chartScript: 'chart()', pageStyle: '' }
const chart: TimeChart = {
  id: 'c',
  xLabel: 'x',
  yLabel: 'y',
  unit: '/s',
  scale: 'linear',
  xs: [0, 1],
  range: [0, 1],
  series: [],
  bands: [],
  marks: [{ at: 0, label: '</script><script>alert(1)</script>' }],
  group: 'g',
}

test('the words of a chart cannot end the element that carries them', () => {
  const page = renderPage({ title: 't', body: html``, charts: [chart], assets })
  const data = page.match(/<script type="application\/json" id="charts">(.*?)<\/script>/)?.[1] ?? ''

  expect(page.match(/<\/script>/g)).toHaveLength(2)
  expect(JSON.parse(data)).toEqual([chart])
})

test('the hash is that of the text with the line ends that a browser sees', () => {
  const unix = renderPage({ title: 't', body: html``, charts: [], assets: { ...assets, plotStyle: 'a\nb' } })
  const windows = renderPage({
    title: 't',
    body: html``,
    charts: [],
    assets: { ...assets, plotStyle: 'a\r\nb' },
  })

  expect(windows).toBe(unix)
})

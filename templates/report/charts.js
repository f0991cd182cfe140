// Draws the charts of a report: the page carries them as JSON, uPlot does the drawing.
// Runs in the browser, inside the one HTML file; colours come from the page's style.
;(() => {
  const charts = JSON.parse(document.getElementById('charts').textContent)
  const paperWidth = 660
  let drawn = []
  let opened = []

  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()

  const number = (value) =>
    value.toLocaleString('en-US', {
      maximumFractionDigits: Math.abs(value) < 10 ? 2 : Math.abs(value) < 100 ? 1 : 0,
    })

  const compact = (value) =>
    Math.abs(value) >= 1e6
      ? `${number(value / 1e6)} M`
      : Math.abs(value) >= 1e4
        ? `${number(value / 1e3)} k`
        : number(value)

  function seriesOf(chart) {
    const value = (_plot, raw) => (raw === null || raw === undefined ? '–' : number(raw) + chart.unit)
    const time = (_plot, raw) =>
      raw === null || raw === undefined
        ? '–'
        : chart.xTicks !== undefined
          ? nearestTick(chart, raw)
          : chart.xUnit === undefined
            ? `${raw.toFixed(2)} s`
            : `${number(raw)}${chart.xUnit}`
    return [
      { label: 'at', value: time },
      ...chart.series.map((series) => {
        const stroke = colour(`tone-${series.tone}`)
        const base = {
          label: series.label,
          value,
          stroke,
          width: 2,
          points: { show: false },
          spanGaps: false,
        }
        if (series.shape === 'bars') {
          return { ...base, width: 0, fill: stroke, paths: uPlot.paths.bars({ size: [0.9, 14] }) }
        }
        return series.shape === 'area' ? { ...base, fill: `${stroke}26` } : { ...base, points: { size: 4 } }
      }),
    ]
  }

  const nearestTick = (chart, at) =>
    chart.xTicks.reduce((best, tick) => (Math.abs(tick.at - at) < Math.abs(best.at - at) ? tick : best)).label

  // On a narrow screen names that would touch are left out, the last one never.
  function namedTicks(chart, plot) {
    const room = 44
    const kept = []
    for (const tick of chart.xTicks.toReversed()) {
      const x = plot.valToPos(tick.at, 'x')
      if (kept.every((each) => Math.abs(each.x - x) >= room)) kept.push({ at: tick.at, x })
    }
    return kept.map(({ at }) => at).toReversed()
  }

  function axesOf(chart) {
    const common = {
      stroke: colour('muted'),
      grid: { stroke: colour('grid'), width: 1 },
      ticks: { stroke: colour('grid'), width: 1, size: 4 },
      font: '12px system-ui, sans-serif',
      labelFont: '12px system-ui, sans-serif',
    }
    const values = (_plot, splits) => splits.map((split) => (split === null ? '' : compact(split)))
    const named = {
      splits: (plot) => namedTicks(chart, plot),
      values: (_plot, splits) => splits.map((split) => nearestTick(chart, split)),
    }
    const along = chart.xTicks === undefined ? { values } : named
    return [
      { ...common, label: chart.xLabel, labelSize: 20, size: 34, ...along },
      { ...common, label: chart.yLabel, labelSize: 20, size: 54, values },
    ]
  }

  function shade(plot, chart) {
    const { ctx, bbox } = plot
    ctx.save()
    ctx.fillStyle = colour('shade')
    for (const band of chart.bands) {
      const from = Math.max(plot.valToPos(band.from, 'x', true), bbox.left)
      const to = Math.min(plot.valToPos(band.to, 'x', true), bbox.left + bbox.width)
      if (to > from) ctx.fillRect(from, bbox.top, to - from, bbox.height)
    }
    ctx.restore()
  }

  // Marks that are close together put their words on rows below each other.
  function mark(plot, chart) {
    const { ctx, bbox } = plot
    const pixel = devicePixelRatio || 1
    const rowEnds = []
    ctx.save()
    ctx.beginPath()
    ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
    ctx.clip()
    ctx.font = `${11 * pixel}px system-ui, sans-serif`
    ctx.textBaseline = 'top'
    ctx.textAlign = 'left'
    for (const each of chart.marks) {
      const x = plot.valToPos(each.at, 'x', true)
      const textWidth = ctx.measureText(each.label).width + 10 * pixel
      const free = rowEnds.findIndex((end) => end <= x)
      const row = free === -1 ? rowEnds.length : free
      rowEnds[row] = x + textWidth
      const top = bbox.top + (4 + row * 14) * pixel
      ctx.strokeStyle = colour('mark')
      ctx.lineWidth = pixel
      ctx.setLineDash([4 * pixel, 3 * pixel])
      ctx.beginPath()
      ctx.moveTo(x, bbox.top)
      ctx.lineTo(x, bbox.top + bbox.height)
      ctx.stroke()
      ctx.fillStyle = colour('card')
      ctx.globalAlpha = 0.8
      ctx.fillRect(x + pixel, top - pixel, textWidth - 2 * pixel, 13 * pixel)
      ctx.globalAlpha = 1
      ctx.fillStyle = colour('text')
      ctx.fillText(each.label, x + 4 * pixel, top)
    }
    ctx.restore()
  }

  function optionsOf(chart, width) {
    const first = chart.xs[0]
    const last = chart.xs[chart.xs.length - 1]
    const whole = (min, max) => min <= first && max >= last
    return {
      width,
      height: 240,
      padding: [10, 12, 0, 0],
      cursor: { y: false, sync: { key: chart.group, scales: ['x', null] }, drag: { x: true, y: false } },
      legend: { live: true },
      scales: {
        x: { time: false, range: (_plot, min, max) => (whole(min, max) ? chart.range : [min, max]) },
        y:
          chart.scale === 'log'
            ? { distr: 3 }
            : { range: (_plot, _min, max) => [0, Math.max(max ?? 0, 1) * 1.25] },
      },
      series: seriesOf(chart),
      axes: axesOf(chart),
      hooks: {
        drawClear: [(plot) => shade(plot, chart)],
        draw: [(plot) => mark(plot, chart)],
      },
    }
  }

  function drawAll(fixedWidth) {
    for (const { plot } of drawn) plot.destroy()
    drawn = charts.flatMap((chart) => {
      const place = document.getElementById(chart.id)
      if (!place) return []
      const data = [chart.xs, ...chart.series.map((series) => series.values)]
      return [{ place, plot: new uPlot(optionsOf(chart, fixedWidth ?? place.clientWidth), data, place) }]
    })
  }

  function fit() {
    for (const { place, plot } of drawn) {
      if (place.clientWidth > 0 && place.clientWidth !== plot.width) {
        plot.setSize({ width: place.clientWidth, height: plot.height })
      }
    }
  }

  const root = document.documentElement
  drawAll()
  addEventListener('resize', fit)
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => drawAll())
  addEventListener('beforeprint', () => {
    root.classList.add('paper')
    opened = [...document.querySelectorAll('details:not([open])')]
    for (const details of opened) details.open = true
    drawAll(paperWidth)
  })
  addEventListener('afterprint', () => {
    root.classList.remove('paper')
    for (const details of opened) details.open = false
    drawAll()
  })
})()

// Rows per second of a small load : those of a large one. 1 is linear.
import { medianOf, withLoads } from './loads.mjs'

/** Each load begins with an empty core; small, large and small take turns, so that a slow minute hits both. */
export function measureLinearity({ small, large, rounds, profile }, report) {
  return withLoads({ name: 'linearity', profile }, async (core) => {
    const rates = { small: [], large: [] }
    const sides = Array.from({ length: rounds }, () => ['small', 'large', 'small']).flat()
    for (const [index, side] of sides.entries()) {
      if (core.context.signal.aborted) break
      if (index > 0) await core.empty()
      const customers = side === 'small' ? small : large
      const { rows, ms } = await core.load(customers)
      rates[side].push((rows * 1000) / ms)
      process.stderr.write(
        `${customers} customers: ${Math.round((rows * 1000) / ms)} rows/s in ${Math.round(ms)} ms\n`,
      )
    }
    report({
      figures: { [`rows/s of ${small} : ${large} customers`]: medianOf(rates.small) / medianOf(rates.large) },
      samples: rates,
      words:
        'linear is 1; target <= 1.15. Stopping, copying and starting the core count, and weigh more in a small load',
    })
    return 0
  })
}

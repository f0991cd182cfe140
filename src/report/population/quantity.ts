import { formatCount } from '../../kit/units.js'
import type { PortraitMeasure } from '../../model/population-portrait.js'

/** A value of a measure with its unit, e.g. `31.5 %` or `11,400 CNY`. */
export function formatMeasure(value: number, unit: PortraitMeasure['unit']): string {
  switch (unit) {
    case 'percent':
      return `${value.toFixed(value < 10 ? 2 : 1)} %`
    case 'yuan':
      return `${formatCount(value)} CNY`
    case 'ratio':
      return value.toFixed(2)
    case 'count':
      return formatCount(value)
  }
}

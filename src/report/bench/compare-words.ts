import type { BenchGate, ComparedMeasure, ComparedRatio } from '../../model/bench-comparison.js'
import { formatMicroseconds, formatRate } from './quantity.js'

export const measureNames: Readonly<Record<ComparedMeasure, string>> = {
  perSecond: 'per second',
  p50Us: 'latency p50',
  p95Us: 'latency p95',
  p99Us: 'latency p99',
  clientCpuUs: 'client CPU/op',
  totalCpuUs: 'total CPU/op',
}

export function measureValue(measure: ComparedMeasure, value: number | null): string {
  if (value === null) return ''
  return measure === 'perSecond' ? formatRate(value) : formatMicroseconds(value)
}

export function verdictWords(
  { verdict }: Pick<ComparedRatio, 'verdict'>,
  labels: { readonly a: string; readonly b: string },
): string {
  const words = {
    'a-better': `${labels.a} better`,
    'b-better': `${labels.b} better`,
    'no-difference': 'no difference',
    unknown: 'not known',
  }
  return words[verdict]
}

export function gateLimit({ atLeast, atMost }: BenchGate): string {
  return [
    ...(atLeast === undefined ? [] : [`at least ${atLeast}`]),
    ...(atMost === undefined ? [] : [`at most ${atMost}`]),
  ].join(', ')
}

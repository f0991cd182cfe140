import type { BenchCheck } from '../../model/bench-result.js'
import type { SettledNodes } from '../bench/nodes-now.js'

/** Whether every replica that serves after the run has what the master has; no check where there is none. */
export function checkReplicas({ nodes: [, ...replicas], missing }: SettledNodes): BenchCheck[] {
  if (replicas.length === 0 && missing.length === 0) return []
  const equal = replicas.map(({ node }) => node).join(', ')
  return [
    {
      name: 'replicas have what the master has',
      valid: missing.length === 0,
      summary:
        missing.length === 0
          ? `${equal} applied all of it`
          : `${missing.join(', ')} did not apply all of it within a minute`,
    },
  ]
}

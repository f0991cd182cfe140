import type { Drill } from '../../model/drill.js'
import { calm, noFailover, proxied, workAfter } from './blocks.js'

export const monitorBlind: Drill = {
  id: 'D06',
  name: 'monitor-blind',
  title: 'only the keeper cannot reach the master',
  state: 'K~M',
  shows:
    'A master that only the keeper cannot reach is not dead: nothing is changed, and clients notice nothing.',
  kind: 'drill',
  environment: proxied,
  needs: ['qlink', 'fault-proxy'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'the keeper is cut off from the master',
      edges: [{ from: 'keeper', to: 'master' }],
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    { do: 'run', forMs: 12_000 },
    { do: 'heal' },
    workAfter,
  ],
  expects: { ...noFailover, writeGap: { aimMs: 300, limitMs: 5000 }, noErrors: true },
}

import type { Drill } from '../../model/drill.js'
import { calm, outOfReach, silence, workAfter, writesAgain } from './blocks.js'

export const oneWay: Drill = {
  id: 'D05',
  name: 'one-way',
  title: 'one direction between master and qlink breaks',
  state: 'M~>Q, then Q~>M',
  shows:
    'When only one direction between master and qlink is broken, either of them, commits wait, no client gets an OK that qlink did not give, and writes come back.',
  kind: 'drill',
  environment: outOfReach,
  needs: ['qlink', 'fault-proxy'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'the master is not heard by qlink',
      edges: [{ from: 'qlink', to: 'master' }],
      backward: { blocked: 'drop' },
    },
    silence,
    { do: 'run', forMs: 3000 },
    { do: 'heal' },
    writesAgain,
    { do: 'await', what: 'whole', limitMs: 90_000 },
    calm,
    {
      do: 'network',
      title: 'qlink is not heard by the master',
      edges: [{ from: 'qlink', to: 'master' }],
      forward: { blocked: 'drop' },
    },
    silence,
    { do: 'run', forMs: 3000 },
    { do: 'heal' },
    writesAgain,
    workAfter,
  ],
  expects: { epochChanges: [0, 2], writeGap: { aimMs: 5000, limitMs: 40_000 } },
}

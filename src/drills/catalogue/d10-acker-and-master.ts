import type { Drill } from '../../model/drill.js'
import { calm, failover, oneFailover, proxied, workAfter } from './blocks.js'

export const ackerAndMaster: Drill = {
  id: 'D10',
  name: 'acker-and-master',
  title: 'qlink and the master are killed together',
  state: 'MSQ -> XSX -> XMQ',
  shows:
    'When qlink and the master die together, and the shadow lacks what was acknowledged last, qlink comes back and replays it from its disk: nothing is lost.',
  kind: 'drill',
  environment: proxied,
  needs: ['qlink', 'fault-proxy'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'the shadow gets nothing from the master any more',
      edges: [{ from: 'shadow', to: 'master' }],
      backward: { blocked: 'stall' },
    },
    { do: 'run', forMs: 600 },
    { do: 'signal', signal: 'SIGKILL', to: ['qlink', 'master'] },
    failover,
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: { aimMs: 3000, limitMs: 30_000 } },
}

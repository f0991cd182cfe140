import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, oneFailover, proxied, workAfter } from './blocks.js'

export const unknownCommit: Drill = {
  id: 'D36',
  name: 'unknown-commit',
  title: 'commits whose answers are lost',
  state: 'COMMIT -> ?',
  shows:
    'Clients whose connection is cut while their COMMIT is under way find out by their key what became of it, also across a failover, and nothing is applied twice.',
  kind: 'drill',
  environment: proxied,
  needs: ['fault-proxy'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'commits arrive, their answers do not',
      edges: [{ from: 'clients', to: 'master' }],
      forward: { cutAtText: { text: 'COMMIT', deliver: true, times: 40 } },
    },
    { do: 'run', forMs: 1500 },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'heal' },
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: afterKill, unknownOutcomes: true },
}

import type { Drill } from '../../model/drill.js'
import { awayFromMaster, calm, failover, oneFailover, proxied, workAfter } from './blocks.js'

export const rejoinWithExtras: Drill = {
  id: 'D16',
  name: 'rejoin-with-extras',
  title: 'a killed master had written what nobody acknowledged',
  state: 'M+S -> XM -> SM',
  shows:
    'A master that dies with transactions that nobody acknowledged comes back without them: they are listed, none had been told OK, and the node serves again.',
  kind: 'drill',
  environment: proxied,
  needs: ['qlink', 'fault-proxy', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'what the master writes arrives nowhere',
      edges: awayFromMaster,
      backward: { blocked: 'stall' },
    },
    { do: 'await', what: 'unacknowledged-tail', limitMs: 20_000 },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'heal' },
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: { aimMs: 3000, limitMs: 30_000 }, extras: true },
}

import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, oneFailover, plain, whole, workAfter } from './blocks.js'

export const rejoinClean: Drill = {
  id: 'D15',
  name: 'rejoin-clean',
  title: 'a killed master comes back',
  state: 'MS -> XM -> SM',
  shows:
    'A killed master comes back by itself as the last of the chain, with the same rows as everybody else.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'await', what: 'whole', limitMs: 60_000 },
    workAfter,
    whole,
  ],
  expects: { ...oneFailover, writeGap: afterKill },
}

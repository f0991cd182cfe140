import type { Drill } from '../../model/drill.js'
import { afterSilence, calm, failover, masterToTheRest, oneFailover, outOfReach } from './blocks.js'

export const partitionMaster: Drill = {
  id: 'D04',
  name: 'partition-master',
  title: 'the master is cut off, but not from its clients',
  state: 'MS -> ~M',
  shows:
    'A master that is cut off from keeper, qlink and replicas, but not from its clients, is replaced, and gives the clients on its side no OK from then on.',
  kind: 'drill',
  environment: outOfReach,
  needs: ['qlink', 'fault-proxy'],
  schedule: [
    calm,
    { do: 'loyal-clients', to: 'master', clients: 4 },
    { do: 'run', forMs: 2000 },
    // Nobody shall touch the old master: it is held by the seal alone.
    { do: 'hold-keeper', before: 'repoint' },
    {
      do: 'network',
      title: 'the master is cut off from everybody but its clients',
      edges: masterToTheRest,
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    failover,
    { do: 'run', forMs: 8000 },
    { do: 'heal' },
    { do: 'run', forMs: 2000 },
    { do: 'release-keeper' },
    { do: 'run', forMs: 4000 },
  ],
  expects: { ...oneFailover, writeGap: afterSilence },
}

import type { Drill } from '../../model/drill.js'
import { afterSilence, calm, failover, oneFailover, outOfReach } from './blocks.js'

export const thawOldMaster: Drill = {
  id: 'D03',
  name: 'thaw-old-master',
  title: 'a frozen master comes back after its successor',
  state: 'MS -> PM -> zM',
  shows:
    'A frozen master that comes back to life after its successor was elected, on a host that nobody could reach, cannot tell any client OK: it is sealed.',
  kind: 'drill',
  environment: outOfReach,
  needs: ['qlink', 'fault-proxy'],
  schedule: [
    calm,
    { do: 'loyal-clients', to: 'master', clients: 4 },
    { do: 'run', forMs: 2000 },
    // Nobody shall touch the old master: it is held by the seal alone.
    { do: 'hold-keeper', before: 'repoint' },
    { do: 'signal', signal: 'SIGSTOP', to: ['master'] },
    failover,
    { do: 'run', forMs: 5000 },
    { do: 'signal', signal: 'SIGCONT', to: ['victim'] },
    { do: 'run', forMs: 8000 },
    { do: 'release-keeper' },
    { do: 'run', forMs: 3000 },
  ],
  expects: { ...oneFailover, writeGap: afterSilence },
}

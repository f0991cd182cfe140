import type { Drill } from '../../model/drill.js'
import { awayFromMaster, calm, failover, proxied, workAfter, writesAgain } from './blocks.js'

export const earlyAckControl: Drill = {
  id: 'D27',
  name: 'early-ack-control',
  title: 'an acknowledgement before anything is stored',
  state: 'ACK before sync',
  shows:
    'An acknowledger that answers before it has stored the transaction is worth nothing: when it dies together with the master, acknowledged writes are gone.',
  kind: 'negative-control',
  environment: proxied,
  needs: ['qlink', 'fault-proxy', 'mariadb'],
  schedule: [
    calm,
    { do: 'hasty-acker', of: 'master' },
    {
      do: 'network',
      title: 'what the master writes arrives nowhere else',
      edges: awayFromMaster,
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    writesAgain,
    { do: 'run', forMs: 2000 },
    { do: 'signal', signal: 'SIGKILL', to: ['qlink', 'master'] },
    failover,
    { do: 'heal' },
    workAfter,
  ],
  expects: { epochChanges: [1, 2], writeGap: null, whole: false, loss: 'acknowledged-writes' },
}

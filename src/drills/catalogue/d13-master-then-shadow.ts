import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, plain, workAfter } from './blocks.js'

export const masterThenShadow: Drill = {
  id: 'D13',
  name: 'master-then-shadow',
  title: 'the new master is killed, too',
  state: 'MS -> XM -> XX',
  shows:
    'When the new master is killed, too, before the first one is back, one of the two that are left takes over and has everything.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    workAfter,
  ],
  expects: { epochChanges: [2, 2], writeGap: afterKill },
}

import type { Drill } from '../../model/drill.js'
import { afterSilence, calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const freezeMaster: Drill = {
  id: 'D02',
  name: 'freeze-master',
  title: 'the master is frozen',
  state: 'MS -> PM',
  shows:
    'A master that is frozen, so that its connections stay open and say nothing, is recognised as dead and replaced; it tells nobody OK afterwards.',
  kind: 'drill',
  environment: plain,
  needs: [],
  schedule: [calm, { do: 'signal', signal: 'SIGSTOP', to: ['master'] }, failover, workAfter],
  expects: { ...oneFailover, writeGap: afterSilence },
}

import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const killMaster: Drill = {
  id: 'D01',
  name: 'kill-master',
  title: 'the master is killed',
  state: 'MS -> XM',
  shows: 'When the master is killed under load, the shadow takes over and no acknowledged write is lost.',
  kind: 'drill',
  environment: plain,
  needs: [],
  schedule: [calm, { do: 'signal', signal: 'SIGKILL', to: ['master'] }, failover, workAfter],
  expects: { ...oneFailover, writeGap: afterKill },
}

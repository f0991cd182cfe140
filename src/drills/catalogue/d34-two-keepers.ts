import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const twoKeepers: Drill = {
  id: 'D34',
  name: 'two-keepers',
  title: 'a second keeper, and orders behind its back',
  state: 'KK',
  shows:
    'A second keeper does not lead, qlink opens no second epoch beside the open one and takes no orders of an earlier keeper; then the first keeper still fails over, once.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'rival-keeper' },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: afterKill },
}

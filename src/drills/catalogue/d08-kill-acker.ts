import type { Drill } from '../../model/drill.js'
import { calm, noFailover, plain, workAfter, writesAgain } from './blocks.js'

export const killAcker: Drill = {
  id: 'D08',
  name: 'kill-acker',
  title: 'qlink is killed',
  state: 'MSQ -> MSX -> MSQ',
  shows:
    'When qlink is killed, commits wait instead of going on without it; it comes back, goes on where its disk ends, and the master stays.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [calm, { do: 'signal', signal: 'SIGKILL', to: ['qlink'] }, writesAgain, workAfter],
  expects: { ...noFailover, writeGap: { aimMs: 2000, limitMs: 15_000 } },
}

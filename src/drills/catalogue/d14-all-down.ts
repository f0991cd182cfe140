import type { Drill } from '../../model/drill.js'
import { calm, plain, workAfter, writesAgain } from './blocks.js'

export const allDown: Drill = {
  id: 'D14',
  name: 'all-down',
  title: 'everything is killed at once',
  state: 'MSRRQK -> XXXXXX -> MSRRQK',
  shows:
    'When keeper, qlink and all four nodes are killed at once and everything is started again, no acknowledged write is lost and no epoch comes back.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'signal', signal: 'SIGKILL', to: ['keeper'] },
    {
      do: 'signal',
      signal: 'SIGKILL',
      to: ['qlink', 'master', 'shadow', 'slave-1', 'slave-2'],
    },
    { do: 'start-core' },
    writesAgain,
    workAfter,
  ],
  expects: { epochChanges: [0, 2], writeGap: { aimMs: 15_000, limitMs: 90_000 } },
}

import type { Drill } from '../../model/drill.js'
import { calm, failover, plain, workAfter } from './blocks.js'

export const flapping: Drill = {
  id: 'D21',
  name: 'flapping',
  title: 'each new master is killed after five seconds',
  state: 'M -> X, six times in a row',
  shows:
    'Masters that are killed one after the other, every five seconds, are each replaced; nothing is lost on the way, and all four nodes serve in the end.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    {
      do: 'repeat',
      times: 6,
      steps: [
        { do: 'signal', signal: 'SIGKILL', to: ['master'] },
        failover,
        { do: 'run', forMs: 5000, exact: true },
      ],
    },
    workAfter,
  ],
  expects: { epochChanges: [6, 6], writeGap: { aimMs: 1000, limitMs: 30_000 } },
}

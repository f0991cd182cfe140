import type { Drill } from '../../model/drill.js'
import { calm, plain, workAfter } from './blocks.js'

export const switchoverTimesTen: Drill = {
  id: 'D19',
  name: 'switchover-x10',
  title: 'ten planned changes of the master',
  state: 'MS -> SM, ten times',
  shows: 'Planned changes of the master, ten in a row, cost clients a short wait and no error at all.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    {
      do: 'repeat',
      times: 10,
      steps: [
        { do: 'switchover', expect: 'done' },
        { do: 'run', forMs: 1500 },
      ],
    },
    workAfter,
  ],
  expects: { epochChanges: [10, 10], writeGap: { aimMs: 300, limitMs: 5000 }, noErrors: true },
}

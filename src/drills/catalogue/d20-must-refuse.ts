import type { Drill } from '../../model/drill.js'
import { calm, noFailover, plain, workAfter, writesAgain } from './blocks.js'

export const mustRefuse: Drill = {
  id: 'D20',
  name: 'must-refuse',
  title: 'planned changes that must be refused',
  state: 'MS, unfit',
  shows:
    'A planned switchover is refused, with the reason and without any change, while a transaction is open on the master or the candidate cannot keep up.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'session',
      name: 'open transaction',
      on: 'master',
      as: 'workload',
      title: 'a transaction stays open',
      statements: ['START TRANSACTION', 'INSERT INTO bench.append VALUES (3000000, 0, 0, 0)'],
      keep: true,
    },
    { do: 'run', forMs: 4000, exact: true },
    { do: 'switchover', expect: 'refused' },
    { do: 'end-session', name: 'open transaction' },
    writesAgain,
    {
      do: 'session',
      name: 'lock',
      on: 'shadow',
      as: 'keeper',
      title: 'the shadow applies nothing',
      statements: ['FLUSH TABLES WITH READ LOCK'],
      keep: true,
    },
    { do: 'run', forMs: 2000 },
    { do: 'switchover', expect: 'refused' },
    { do: 'end-session', name: 'lock' },
    writesAgain,
    workAfter,
  ],
  expects: { ...noFailover, writeGap: null },
}

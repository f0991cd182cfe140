import type { Drill } from '../../model/drill.js'
import { afterKill, calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const errantWrite: Drill = {
  id: 'D18',
  name: 'errant-write',
  title: 'somebody writes to a replica, then two nodes die',
  state: 'MSr!R -> XM',
  shows:
    'A replica that somebody with all rights wrote to is found out, and is not promoted: its history is not a prefix of the one that counts.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'session',
      name: 'errant',
      on: 'slave-1',
      as: 'keeper',
      title: 'a write that did not come from the master',
      statements: [
        'CREATE TABLE IF NOT EXISTS corelab.errant (id INT NOT NULL PRIMARY KEY) ENGINE=InnoDB',
        'INSERT INTO corelab.errant (id) VALUES (1)',
      ],
      keep: false,
    },
    { do: 'run', forMs: 3000 },
    { do: 'signal', signal: 'SIGKILL', to: ['master', 'shadow'] },
    failover,
    workAfter,
  ],
  // The errant node waits for a person, so not all of them serve in the end.
  expects: { ...oneFailover, writeGap: afterKill, whole: false },
}

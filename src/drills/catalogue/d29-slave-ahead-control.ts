import type { Drill } from '../../model/drill.js'
import { awayFromMaster, calm, proxied, writesAgain } from './blocks.js'

export const slaveAheadControl: Drill = {
  id: 'D29',
  name: 'slave-ahead-control',
  title: 'a slave is ahead of the shadow',
  state: 'R ahead of S',
  shows:
    'A slave that is fed by the master shows rows that nobody has acknowledged; promote a node without asking who has more, and a row that was read never was.',
  kind: 'negative-control',
  environment: proxied,
  needs: ['qlink', 'fault-proxy', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'network',
      title: 'the keeper cannot mend the slave',
      edges: [{ from: 'keeper', to: 'slave-1' }],
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    {
      do: 'session',
      name: 'unsafe',
      on: 'slave-1',
      as: 'keeper',
      title: 'a slave is fed by the master instead of the shadow',
      statements: [
        'STOP SLAVE',
        "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port:master}, MASTER_USE_GTID = slave_pos",
        'START SLAVE',
      ],
      keep: false,
    },
    { do: 'run', forMs: 2000 },
    { do: 'signal', signal: 'SIGKILL', to: ['keeper'] },
    // Commits queue behind each other: the row must be the first that nobody acknowledges.
    { do: 'pause-clients' },
    { do: 'run', forMs: 500, exact: true },
    {
      do: 'network',
      title: 'what the master writes arrives only at the slave',
      edges: awayFromMaster,
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    { do: 'write-marker', on: 'master' },
    { do: 'look-for-marker', on: 'slave-1', expect: 'there' },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    { do: 'promote-by-hand', node: 'shadow' },
    { do: 'resume-clients' },
    writesAgain,
    { do: 'look-for-marker', on: 'master', expect: 'gone' },
    { do: 'heal' },
  ],
  expects: { epochChanges: [0, 2], writeGap: null, whole: false, loss: 'seen-row' },
}

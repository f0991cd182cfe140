import type { Drill } from '../../model/drill.js'
import { calm, failover, outOfReach } from './blocks.js'

export const secondAckerControl: Drill = {
  id: 'D28',
  name: 'second-acker-control',
  title: 'a second node acknowledges',
  state: 'MR | QSRK',
  shows:
    'With a second node that acknowledges, sealing qlink fences nothing: cut off together with it, the old master goes on telling its clients OK beside the new one.',
  kind: 'negative-control',
  environment: { ...outOfReach, guarded: false },
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
      title: 'a slave acknowledges the master, too',
      statements: [
        'STOP SLAVE',
        'SET GLOBAL rpl_semi_sync_slave_enabled = ON',
        "CHANGE MASTER TO MASTER_HOST = '127.0.0.1', MASTER_PORT = {port:master}, MASTER_USE_GTID = slave_pos",
        'START SLAVE',
      ],
      keep: false,
    },
    { do: 'loyal-clients', to: 'master', clients: 4 },
    { do: 'run', forMs: 2000 },
    { do: 'hold-keeper', before: 'repoint' },
    {
      do: 'network',
      title: 'master and slave are cut off together',
      edges: [
        { from: 'keeper', to: 'master' },
        { from: 'qlink', to: 'master' },
        { from: 'shadow', to: 'master' },
        { from: 'slave-2', to: 'master' },
      ],
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    failover,
    { do: 'run', forMs: 5000 },
    { do: 'signal', signal: 'SIGKILL', to: ['victim'] },
    { do: 'release-keeper' },
    { do: 'heal' },
    { do: 'run', forMs: 2000 },
  ],
  expects: { epochChanges: [1, 2], writeGap: null, whole: false, loss: 'two-writers' },
}

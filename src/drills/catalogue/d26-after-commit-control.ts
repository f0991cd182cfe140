import type { Drill } from '../../model/drill.js'
import { awayFromMaster, calm, failover, proxied } from './blocks.js'

export const afterCommitControl: Drill = {
  id: 'D26',
  name: 'after-commit-control',
  title: 'others see a row before it is safe',
  state: 'seen, then never was',
  shows:
    "With AFTER_COMMIT (MariaDB's default) other clients see a row before anybody but the master has it; when the master dies the row never was.",
  kind: 'negative-control',
  environment: { ...proxied, guarded: false },
  needs: ['qlink', 'fault-proxy', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'session',
      name: 'unsafe',
      on: 'master',
      as: 'keeper',
      title: 'the master waits after the commit instead of before it',
      statements: ["SET GLOBAL rpl_semi_sync_master_wait_point = 'AFTER_COMMIT'"],
      keep: false,
    },
    { do: 'run', forMs: 1000 },
    {
      do: 'network',
      title: 'what the master writes arrives nowhere',
      edges: awayFromMaster,
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    { do: 'write-marker', on: 'master' },
    { do: 'look-for-marker', on: 'master', expect: 'there' },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'look-for-marker', on: 'master', expect: 'gone' },
    { do: 'heal' },
  ],
  expects: { epochChanges: [1, 2], writeGap: null, whole: false, loss: 'seen-row' },
}

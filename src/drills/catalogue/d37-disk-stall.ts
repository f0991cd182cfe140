import type { Drill } from '../../model/drill.js'
import { calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const diskStall: Drill = {
  id: 'D37',
  name: 'disk-stall',
  title: 'the master answers, but no commit ends',
  state: 'M answers, no commit',
  shows:
    'A master that answers every SELECT while no commit comes to an end is recognised by its writes, and replaced.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink', 'mariadb'],
  schedule: [
    calm,
    {
      do: 'session',
      name: 'stall',
      on: 'master',
      as: 'keeper',
      title: 'commits hang, as on a disk that does not answer',
      statements: [
        'BACKUP STAGE START',
        'BACKUP STAGE FLUSH',
        'BACKUP STAGE BLOCK_DDL',
        'BACKUP STAGE BLOCK_COMMIT',
      ],
      keep: true,
    },
    failover,
    { do: 'end-session', name: 'stall' },
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: { aimMs: 6000, limitMs: 30_000 } },
}

import type { Drill } from '../../model/drill.js'
import { awayFromMaster, calm, failover, proxied, workAfter, writesAgain } from './blocks.js'

export const fallbackControl: Drill = {
  id: 'D25',
  name: 'fallback-control',
  title: 'semi-sync falls back to asynchronous',
  state: 'semi-sync -> async -> loss',
  shows:
    'With a time-out after which the master goes on without an acknowledgement (the default of every server), acknowledged writes are lost, and the checkers find them.',
  kind: 'negative-control',
  environment: { ...proxied, guarded: false },
  needs: ['qlink', 'fault-proxy', 'mariadb'],
  schedule: [
    {
      do: 'session',
      name: 'unsafe',
      on: 'master',
      as: 'keeper',
      title: 'semi-sync falls back after one second',
      statements: ['SET GLOBAL rpl_semi_sync_master_timeout = 1000'],
      keep: false,
    },
    // Long enough for every client to commit anew: who waits already, waits without the time-out.
    calm,
    {
      do: 'network',
      title: 'what the master writes arrives nowhere',
      edges: awayFromMaster,
      forward: { blocked: 'drop' },
      backward: { blocked: 'drop' },
    },
    { do: 'run', forMs: 2500 },
    writesAgain,
    { do: 'run', forMs: 2000 },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    { do: 'heal' },
    workAfter,
  ],
  expects: { epochChanges: [1, 2], writeGap: null, whole: false, loss: 'acknowledged-writes' },
}

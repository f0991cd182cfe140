import type { Drill } from '../../model/drill.js'
import { calm, failover, oneFailover, plain, workAfter } from './blocks.js'

export const laggingShadow: Drill = {
  id: 'D12',
  name: 'lagging-shadow',
  title: 'the shadow cannot keep up, then the master dies',
  state: 'MS -> Ms -> XM',
  shows:
    'While the shadow cannot keep up, qlink slows the acknowledgements down, so that the master can be replaced in time whenever it dies.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink', 'mariadb'],
  thinkMs: 0,
  schedule: [
    calm,
    {
      do: 'session',
      name: 'lock',
      on: 'shadow',
      as: 'keeper',
      title: 'the shadow applies nothing',
      statements: ['FLUSH TABLES WITH READ LOCK'],
      keep: true,
    },
    { do: 'await', what: 'throttling', limitMs: 60_000 },
    { do: 'run', forMs: 4000 },
    { do: 'end-session', name: 'lock' },
    { do: 'signal', signal: 'SIGKILL', to: ['master'] },
    failover,
    workAfter,
  ],
  expects: { ...oneFailover, writeGap: { aimMs: 5000, limitMs: 30_000 } },
}

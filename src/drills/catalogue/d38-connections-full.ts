import type { Drill } from '../../model/drill.js'
import { calm, noFailover, plain, workAfter } from './blocks.js'

export const connectionsFull: Drill = {
  id: 'D38',
  name: 'connections-full',
  title: 'the master has no connection left',
  state: 'M full',
  shows:
    'A master without a free connection is not dead: the keeper sees it by its own door, changes nothing, and clients that are connected go on.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'use-up-connections', on: 'master' },
    { do: 'run', forMs: 10_000 },
    { do: 'give-connections-back' },
    workAfter,
  ],
  expects: { ...noFailover, writeGap: { aimMs: 1000, limitMs: 15_000 } },
}

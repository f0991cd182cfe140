import type { Drill } from '../../model/drill.js'
import { calm, noFailover, plain, silence, workAfter, writesAgain } from './blocks.js'

export const ackerDiskFull: Drill = {
  id: 'D09',
  name: 'acker-disk-full',
  title: 'qlink has no room for its log',
  state: 'MSQ, Q full',
  shows:
    'While qlink has no room for its log it acknowledges nothing, and nothing is acknowledged without it; when there is room again, writes go on.',
  kind: 'drill',
  environment: plain,
  needs: ['qlink'],
  schedule: [
    calm,
    { do: 'fill-disk', of: 'qlink' },
    { do: 'await', what: 'disk-error', limitMs: 20_000 },
    silence,
    { do: 'run', forMs: 4000 },
    { do: 'free-disk', of: 'qlink' },
    writesAgain,
    workAfter,
  ],
  expects: { ...noFailover, writeGap: { aimMs: 10_000, limitMs: 40_000 } },
}

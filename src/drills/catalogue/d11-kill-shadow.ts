import type { Drill } from '../../model/drill.js'
import { calm, noFailover, plain, workAfter, writesAgain } from './blocks.js'

export const killShadow: Drill = {
  id: 'D11',
  name: 'kill-shadow',
  title: 'the shadow is killed',
  state: 'MS -> MX -> MS',
  shows: 'When the shadow is killed, the master goes on, and a shadow is there again soon.',
  kind: 'drill',
  environment: plain,
  needs: [],
  schedule: [calm, { do: 'signal', signal: 'SIGKILL', to: ['shadow'] }, writesAgain, workAfter],
  expects: { ...noFailover, writeGap: { aimMs: 500, limitMs: 20_000 } },
}

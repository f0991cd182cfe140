import type { Drill } from '../../model/drill.js'
import { proxied } from '../catalogue/blocks.js'
import { episodeNames } from './episodes.js'

/** No schedule of its own: episodes are drawn from the seed for as long as the soak lasts. */
export const soakDrill: Drill = {
  id: 'D44',
  name: 'soak',
  title: 'faults drawn at random',
  state: 'anything',
  shows: `After faults chosen at random, one after the other (${episodeNames.join(', ')}), nothing that was acknowledged is missing.`,
  kind: 'drill',
  environment: proxied,
  needs: ['qlink', 'fault-proxy'],
  schedule: [],
  expects: { epochChanges: [0, Number.MAX_SAFE_INTEGER], writeGap: { aimMs: 3000, limitMs: 60_000 } },
}

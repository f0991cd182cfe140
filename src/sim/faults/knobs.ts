import type { Random } from '../../kit/random.js'
import type { KeeperLimits } from '../../protocol/keeper/state.js'
import { defaultKeeperLimits } from '../../protocol/keeper/state.js'
import type { QlinkLimits } from '../../protocol/qlink/state.js'
import { between, chance, oneOf } from '../world/streams.js'

/** Speeds, sizes and limits of one run, drawn once: what is tuned for one setting must hold in the others, too. */
export interface Knobs {
  readonly routers: number
  readonly clientsPerRouter: number
  readonly thinkUs: number
  readonly readPermille: number
  readonly keepers: 1 | 2
  readonly networkUs: number
  readonly flushUs: number
  readonly applyUs: number
  readonly recoveryUs: number
  readonly syncUs: number
  readonly storeUs: number
  readonly linkSilentMs: number
  readonly keeperLimits: KeeperLimits
  readonly qlinkLimits: QlinkLimits
}

export function drawKnobs(random: Random): Knobs {
  const routers = between(random, 1, 2)
  const isBusy = chance(random, 120)
  const clientsPerRouter = isBusy ? between(random, 4, 8) : between(random, 1, 3)
  return {
    routers,
    clientsPerRouter,
    thinkUs: isBusy
      ? between(random, 100_000, 250_000)
      : routers * clientsPerRouter * between(random, 60_000, 160_000),
    readPermille: oneOf(random, [0, 150, 300]),
    keepers: chance(random, 400) ? 2 : 1,
    networkUs: between(random, 20, 300),
    flushUs: between(random, 80, 800),
    applyUs: between(random, 40, 400),
    recoveryUs: between(random, 30_000, 400_000),
    syncUs: between(random, 80, 1500),
    storeUs: between(random, 200, 3000),
    linkSilentMs: between(random, 500, 1500),
    keeperLimits: drawKeeperLimits(random),
    qlinkLimits: {
      backlogTransactionsMax: oneOf(random, [4, 16, 64, 2000]),
      stuckAfterMs: between(random, 1000, 5000),
      retryAfterMs: between(random, 50, 200),
    },
  }
}

/**
 * A master that hangs just after a change of master is left alone until then. As shipped it would be longer than what is
 * left of a minute when everything has healed, and whoever waits looks like whoever is stuck.
 */
const longestHoldDownMs = 10_000

/** As shipped in half of the runs, but for the hold-down; shorter times elsewhere, so that a minute holds more. */
function drawKeeperLimits(random: Random): KeeperLimits {
  if (chance(random, 500)) return { ...defaultKeeperLimits, holdDownMs: longestHoldDownMs }
  return {
    ...defaultKeeperLimits,
    silentMs: between(random, 500, 1500),
    hangMs: between(random, 1500, 5000),
    holdDownMs: between(random, 1000, longestHoldDownMs),
    attemptsMax: between(random, 1, 3),
    roundsMax: between(random, 1, 3),
    retryAfterMs: between(random, 200, 1500),
  }
}

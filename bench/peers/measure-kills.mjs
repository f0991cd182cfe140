import { until } from './server-process.mjs'
import { startWriteProbe } from './write-probe.mjs'

const gapLimitMs = 120_000
/** The group has been whole and written to for so long before the next kill. */
const calmMs = 2000

/**
 * Kills the node that is written to, `kills` times, each time in a group that is whole again. `group` has `members`
 * (targets), `servers`, `restart(index)` and `isWhole()`. Returns the gaps in ms.
 */
export async function measureKills({ group, kills, open, signal, say }) {
  const probe = startWriteProbe({ members: group.members, open, signal })
  const gapsMs = []
  try {
    while (gapsMs.length < kills) {
      const wholeMs = performance.now()
      await until(async () => probe.okSince(wholeMs) > 20 && performance.now() - wholeMs > calmMs, {
        what: 'writes are taken',
        limitMs: gapLimitMs,
        signal,
      })
      const victim = probe.member
      const killedMs = performance.now()
      await group.servers[victim].kill()
      // A write that was answered just before the kill may be noted just after it.
      const momentMs = Math.max(killedMs, performance.now())
      await until(async () => probe.gapAround(momentMs) !== null, {
        what: 'writes are taken again',
        limitMs: gapLimitMs,
        signal,
      })
      gapsMs.push(probe.gapAround(momentMs))
      say(`kill ${gapsMs.length} of ${kills}: writes back after ${(gapsMs.at(-1) / 1000).toFixed(2)} s`)
      if (gapsMs.length === kills) break
      await group.restart(victim)
      await until(() => group.isWhole(), {
        what: 'the group is whole again',
        limitMs: gapLimitMs,
        signal,
        servers: group.servers,
      })
    }
    return gapsMs
  } finally {
    await probe.stop()
  }
}

import { corelabError } from '../../kit/errors.js'
import { formatBytes } from '../../kit/units.js'
import type { BenchResult } from '../../model/bench-result.js'
import { isSameDataSize } from '../../model/data-size.js'

/** Something that makes two runs unlike, in words. */
export interface Unlikeness {
  readonly what: string
  readonly a: string
  readonly b: string
}

/** What may differ on purpose, because it is what the comparison is about. */
export type WantedDifference = 'scenario' | 'driver' | 'transport' | 'connections' | 'options'

/** What two runs must have in common and have not, without what was wanted to differ. */
export function unlikenesses(
  a: BenchResult,
  b: BenchResult,
  wanted: ReadonlySet<WantedDifference>,
): readonly Unlikeness[] {
  const found: Unlikeness[] = []
  const compare = (what: string, of: (result: BenchResult) => string | number | null) => {
    const [left, right] = [of(a), of(b)]
    if (left !== right) found.push({ what, a: String(left ?? 'none'), b: String(right ?? 'none') })
  }
  compare('host', ({ host }) => host.hostname)
  compare('processor', ({ host }) => `${host.cores} x ${host.cpuModel}`)
  compare('kernel', ({ host }) => host.kernel)
  compare('database', ({ host }) => host.versions.database ?? null)
  compare('profile', ({ settings }) => settings.profile)
  compare('buffer pool', ({ settings }) => formatBytes(settings.bufferPoolBytes))
  compare('customers', ({ settings }) => settings.customers)
  compare('durability', ({ settings }) => settings.durability)
  compare('server threads', ({ settings }) => settings.serverThreads ?? null)
  compare('loop', ({ settings }) => settings.loop)
  compare('rate', ({ settings }) => settings.ratePerSecond)
  if (!isSameDataSize(a.settings.dataBytes, b.settings.dataBytes))
    compare('data size', ({ settings }) => formatBytes(settings.dataBytes))
  if (!wanted.has('connections')) compare('connections', ({ settings }) => settings.connections)
  if (!wanted.has('scenario')) compare('scenario', ({ scenario }) => scenario)
  // Options of a scenario may decide what its clients speak, and through what: `customer,via=http`.
  const chosen = wanted.has('options')
  if (!wanted.has('driver') && !chosen) compare('driver', ({ settings }) => settings.driver)
  if (!wanted.has('transport') && !chosen) compare('transport', ({ settings }) => settings.transport)
  // The digest also covers scenario and options, so it says something new only where neither may differ.
  if (!wanted.has('scenario') && !wanted.has('options'))
    compare('other settings', ({ settings }) => `digest ${settings.digest}`)
  return found
}

/** Throws RUNS_UNLIKE, naming everything that differs. */
export function requireLike(
  sides: { readonly a: BenchResult; readonly b: BenchResult },
  wanted: ReadonlySet<WantedDifference>,
): void {
  const found = unlikenesses(sides.a, sides.b, wanted)
  if (found.length === 0) return
  throw corelabError('RUNS_UNLIKE', {
    message: `The two runs differ in ${found.map(({ what }) => what).join(', ')}`,
    detail: found.map(({ what, a, b }) => `${what}: ${a} against ${b}`).join('\n'),
    fix: ['corelab bench compare db-read --against mysql2'],
  })
}

import { databaseAccounts } from '../../components/mysql/accounts-sql.js'
import type { Context } from '../../kit/context.js'
import type { Attribution } from '../../model/bench-result.js'
import { followReaderLag } from '../../platform/reader-lag.js'
import { type BenchCore, masterOf } from '../bench/bench-core.js'
import { CostBooks } from './cost-books.js'
import { type HostTimes, hostTimesBetween, readHostTimes } from './host-times.js'
import { type HostSlice, noiseVerdict } from './noise.js'
import { ServerSyncs } from './server-syncs.js'
import { openSpinWatch } from './spin-watch.js'

/** Watches who spends what while a load runs. */
export interface AttributionRun {
  /** The measured window begins; and ends. Both at once, and once; what comes later is not counted. */
  begin(): void
  end(): void
  /** After the run. `okCount`: operations of the window that ended well. Never rejects; closes what was opened. */
  finish(okCount: number): Promise<Attribution>
}

/** Throws what connecting to the master throws, for a run that writes. */
export async function openAttribution(
  core: BenchCore,
  { writes }: { readonly writes: boolean },
  { clock }: Context,
): Promise<AttributionRun> {
  const syncs = writes ? await ServerSyncs.open(masterOf(core)) : null
  const books = new CostBooks(core.processes)
  const spin = openSpinWatch()
  const over = new AbortController()
  const slices: HostSlice[] = []
  const lagMaxMs: Record<string, number | null> = lagsOf(core)
  const window = { from: null as HostTimes | null, to: null as HostTimes | null, open: false }
  let syncsBegun: Promise<number | null> = Promise.resolve(null)
  let syncsEnded: Promise<number | null> = Promise.resolve(null)
  let watching: readonly Promise<void>[] = []

  const noteLag = (name: string, lagMs: number | null) => {
    if (!window.open || lagMs === null || !(name in lagMaxMs)) return
    lagMaxMs[name] = Math.max(lagMaxMs[name] ?? 0, Math.max(0, Math.round(lagMs)))
  }
  const watchSlices = async () => {
    let before = readHostTimes()
    let oursBefore = books.cpuMs()
    spin.take()
    while (!over.signal.aborted) {
      await clock.sleep(sliceMs, over.signal).catch(() => undefined)
      if (over.signal.aborted) return
      books.look()
      const now = readHostTimes()
      const ours = books.cpuMs()
      if (before && now) slices.push(sliceOf(hostTimesBetween(before, now), ours - oursBefore, spin.take()))
      before = now
      oursBefore = ours
    }
  }

  const end = () => {
    window.to = readHostTimes()
    books.end()
    window.open = false
    syncsEnded = syncs?.count() ?? syncsEnded
    over.abort()
  }

  return {
    begin() {
      window.open = true
      syncsBegun = syncs?.count() ?? syncsBegun
      window.from = readHostTimes()
      books.begin()
      watching = [watchSlices(), ...followLags(core, { clock, noteLag, until: over.signal })]
    },
    end,
    async finish(okCount) {
      if (window.open) end()
      over.abort()
      await Promise.all(watching)
      const [begun, ended] = await Promise.all([syncsBegun, syncsEnded])
      await Promise.all([syncs?.close(), spin.close()])
      const host = window.from && window.to ? hostTimesBetween(window.from, window.to) : null
      const known = host !== null && host.totalMs > 0
      return {
        processes: books.shares(okCount, host?.busyMs ?? null),
        fsyncsPerOperation:
          begun === null || ended === null || okCount === 0 ? null : (ended - begun) / okCount,
        lagMaxMs: { ...lagMaxMs },
        hostBusyShare: known ? host.busyMs / host.totalMs : null,
        hostStolenShare: known ? host.stolenMs / host.totalMs : null,
        noise: noiseVerdict(slices),
      }
    },
  }
}

const sliceMs = 1000

function sliceOf(host: HostTimes, oursMs: number, spinMs: number | null): HostSlice {
  const { totalMs, busyMs, stolenMs } = host
  if (totalMs === 0) return { spinMs, stolenShare: 0, othersShare: 0 }
  return { spinMs, stolenShare: stolenMs / totalMs, othersShare: Math.max(0, busyMs - oursMs) / totalMs }
}

/** Of servers that are not ours nothing is known: they have no heartbeat of ours. */
function lagsOf({ environment, databases }: BenchCore): Record<string, number | null> {
  if (environment === null) return {}
  return Object.fromEntries(databases.flatMap(({ name, role }) => (role === 'master' ? [] : [[name, null]])))
}

function followLags(
  { environment }: BenchCore,
  watch: {
    readonly clock: Context['clock']
    readonly noteLag: (name: string, lagMs: number | null) => void
    readonly until: AbortSignal
  },
): readonly Promise<void>[] {
  if (environment === null) return []
  const { topology, endpoints } = environment
  const account = { user: databaseAccounts.workload, password: endpoints.secrets.database.workload }
  const options = { topology: () => topology, account, report: watch.noteLag, clock: watch.clock }
  return [followReaderLag(options, watch.until)]
}

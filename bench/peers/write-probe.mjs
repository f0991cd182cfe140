const everyMs = 10
const connectLimitMs = 500

/**
 * A client that writes one row every 10 ms and follows the members: when a write fails, it goes on with the next
 * member at once, round and round, until one takes it. A write that a living member holds is waited for.
 * `members` are targets of `openConnection`, `open` is that function.
 */
export function startWriteProbe({ members, open, signal }) {
  /** When each write was answered OK, ms. */
  const okAtMs = []
  let current = 0
  let running = true
  const work = run()

  async function run() {
    let session = null
    while (running && !signal.aborted) {
      const startedMs = performance.now()
      try {
        session ??= await open(members[current], { connectTimeoutMs: connectLimitMs })
        await session.execute('INSERT INTO probe.t (written_at) VALUES (?)', [Date.now()])
        okAtMs.push(performance.now())
      } catch {
        session?.destroy()
        session = null
        current = (current + 1) % members.length
      }
      await new Promise((resolve) =>
        setTimeout(resolve, Math.max(0, startedMs + everyMs - performance.now())),
      )
    }
    session?.destroy()
  }

  return {
    /** The index of the member that takes the writes. */
    get member() {
      return current
    },
    /** How many writes were answered OK since a moment. */
    okSince: (sinceMs) => okAtMs.filter((atMs) => atMs > sinceMs).length,
    /** From the last OK before a moment to the first one after it; null while there is none after it. */
    gapAround(momentMs) {
      const after = okAtMs.find((atMs) => atMs > momentMs)
      const before = okAtMs.findLast((atMs) => atMs <= momentMs)
      return after === undefined || before === undefined ? null : after - before
    },
    async stop() {
      running = false
      await work
    },
  }
}

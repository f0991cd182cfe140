import { expect } from 'vitest'
import type { DataSource } from '../../src/platform/data-source.js'

export const createWritten =
  'CREATE TABLE IF NOT EXISTS bench.written (writer INT, n INT, PRIMARY KEY (writer, n))'

let lastWriter = 0

/** Writers that insert one row each into `bench.written`, as fast as they are answered; no row is sent twice. */
export function startWriters(dataSource: DataSource, count: number) {
  const acknowledged = new Set<string>()
  const refused: unknown[] = []
  let stopped = false
  const loops = Array.from({ length: count }, async () => {
    const writer = ++lastWriter
    for (let n = 0; !stopped; n++) {
      try {
        await dataSource.write((session) =>
          session.execute('INSERT INTO bench.written (writer, n) VALUES (?, ?)', [writer, n]),
        )
        acknowledged.add(`${writer}-${n}`)
      } catch (error) {
        // Unknown is what a client must expect of a commit that was cut.
        if ((error as { code?: string }).code !== 'WRITE_OUTCOME_UNKNOWN') refused.push(error)
      }
    }
  })
  return {
    /** `writer-n` of each row that was answered OK. */
    acknowledged,
    refused,
    /** Waits for so many more. */
    async writes(more: number) {
      const target = acknowledged.size + more
      await expect.poll(() => acknowledged.size, { timeout: 60_000 }).toBeGreaterThan(target)
    },
    async stop() {
      stopped = true
      await Promise.all(loops)
    },
  }
}

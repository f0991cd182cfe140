import { existsSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** How fast a core runs, looked at once per second by a thread. */
export interface SpinWatch {
  /** The newest look, taken away; null when there was none since. */
  take(): number | null
  /** Never rejects. */
  close(): Promise<void>
}

const entry = new URL('./spin-main.js', import.meta.url)

/** Without its compiled entry, as in tests of the sources, it never has a look to give. */
export function openSpinWatch(): SpinWatch {
  if (!existsSync(entry)) return { take: () => null, close: async () => undefined }
  const thread = new Worker(entry)
  let newest: number | null = null
  thread.on('message', (spinMs: number) => {
    newest = spinMs
  })
  // A watch that breaks costs the verdict about noise, and nothing else.
  thread.on('error', () => undefined)
  thread.unref()
  return {
    take() {
      const taken = newest
      newest = null
      return taken
    },
    async close() {
      await thread.terminate().catch(() => undefined)
    },
  }
}

import type { Context } from '../../kit/context.js'
import type { QlinkStatus } from '../../model/qlink.js'
import type { QlinkClient } from '../qlink-client.js'

const retryAfterMs = 50

/** Follows what qlink tells of itself, and connects anew whenever that ends. Resolves when the context is aborted. */
export async function followQlink(
  qlink: Pick<QlinkClient, 'watch'>,
  hooks: { readonly onSeen: (status: QlinkStatus) => void; readonly onLost: () => void },
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
): Promise<void> {
  while (!signal.aborted) {
    await qlink.watch(hooks.onSeen, signal).catch(() => undefined)
    if (signal.aborted) return
    hooks.onLost()
    await clock.sleep(retryAfterMs, signal).catch(() => undefined)
  }
}

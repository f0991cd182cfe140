import type { NodeName } from '../../model/node.js'
import type { ReadMode } from '../../protocol/router/wish.js'
import type { Exchange } from '../world/process.js'

/** One piece of a client's work, from its wish until its end is known. */
export interface ClientWork {
  readonly client: number
  readonly kind: 'write' | 'read'
  /** The idempotency key of a write; 0 for a read. */
  readonly key: number
  readonly mode: ReadMode
  /** The client gives up then, whatever is known. */
  readonly deadlineMs: number
  readonly askedAtUs: number
  /** An attempt may have had an effect. */
  isAmbiguous: boolean
  /** The present attempt looks the key up instead of writing. */
  isLookup: boolean
  sent: {
    readonly exchange: Exchange
    readonly node: NodeName
    readonly epoch: number
    readonly as: 'master' | 'reader'
    readonly atUs: number
  } | null
}

import type { Dialect } from '../../clients/dialects/dialect.js'
import type { CorelabError } from '../../kit/errors.js'
import { corelabError } from '../../kit/errors.js'
import type { NodeAddress } from '../../model/qlink.js'
import type { QlinkAnswer } from '../../protocol/qlink/state.js'
import type { QlinkAsk, QlinkDriver } from './driver.js'
import type { QlinkLog } from './log/qlink-log.js'
import type { QlinkOrders } from './qlink-api.js'
import { replayTail } from './replay-tail.js'

export interface OrderParts {
  readonly driver: QlinkDriver
  /** Resolves when the log is recovered; rejects at once while it cannot be. */
  readonly log: () => Promise<QlinkLog>
  readonly dialect: Dialect
  readonly password: string
}

/** What the keeper, and anybody with access to the socket, can ask. */
export function qlinkOrders(parts: OrderParts): QlinkOrders {
  const { driver } = parts
  const replays = new Replays(parts)
  const ask = async (wish: QlinkAsk) => {
    await parts.log()
    return doneOf(await driver.ask(wish))
  }
  return {
    '/claim': async () => {
      const { term } = await ask({ kind: 'claim' })
      // What the former keeper had begun is not wanted any more.
      replays.cancel()
      return { term }
    },
    '/open': async (order) => {
      replays.assertNone()
      const [term, epoch, leader] = [order.number('term'), order.number('epoch'), order.address('leader')]
      await ask({ kind: 'open', term, epoch, leader })
      return driver.status()
    },
    '/seal': async (order) => {
      const { epoch, end } = await ask({
        kind: 'seal',
        term: order.number('term'),
        epoch: order.numberOrNull('epoch'),
      })
      return { epoch, end }
    },
    '/shadow': async (order) => {
      await ask({ kind: 'shadow', term: order.number('term'), address: order.addressOrNull('shadow') })
      return {}
    },
    '/lookup': async (order) => {
      const log = await parts.log()
      const reader = await log.reader()
      return { places: await reader.placesOf(order.texts('gtids')) }
    },
    '/replay': (order) => replays.run({ term: order.number('term'), onto: order.address('onto') }),
  }
}

/** One replay at a time, and none while an epoch is open or being opened. */
class Replays {
  #running: { readonly onto: NodeAddress; readonly abort: AbortController } | null = null

  constructor(private readonly parts: OrderParts) {}

  assertNone(): void {
    if (this.#running) throw refused(`a replay onto ${this.#running.onto.node} is under way`)
  }

  cancel(): void {
    this.#running?.abort.abort()
  }

  async run(order: {
    readonly term: number
    readonly onto: NodeAddress
  }): Promise<{ readonly transactions: number }> {
    const { driver, dialect, password } = this.parts
    const log = await this.parts.log()
    const { term, phase, epoch } = driver.state
    if (order.term < term) throw termOld(term)
    if (phase === 'open') throw refused(`epoch ${epoch} is open; a replay needs it sealed`)
    this.assertNone()
    const { onto } = order
    const abort = new AbortController()
    this.#running = { onto, abort }
    try {
      const signal = abort.signal
      return { transactions: await replayTail(await log.reader(), { onto, dialect, password, signal }) }
    } finally {
      this.#running = null
    }
  }
}

function termOld(newest: number): CorelabError {
  return corelabError('QLINK_TERM_OLD', {
    message: `A newer keeper has taken command of qlink (term ${newest})`,
    fix: ['corelab status'],
  })
}

function refused(reason: string): CorelabError {
  return corelabError('QLINK_REFUSED', {
    message: `qlink refuses: ${reason}`,
    fix: ['corelab qlink status'],
  })
}

function doneOf(answer: QlinkAnswer): QlinkAnswer & { readonly kind: 'done' } {
  switch (answer.kind) {
    case 'done':
      return answer
    case 'term-old':
      throw termOld(answer.newest)
    case 'refused':
      throw refused(answer.reason)
    case 'failed':
      throw corelabError('QLINK_DISK_FAILED', {
        message: `qlink could not write its journal: ${answer.reason}`,
        fix: ['corelab qlink status', 'df -h'],
      })
  }
}

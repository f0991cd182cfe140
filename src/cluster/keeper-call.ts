import type { Context } from '../kit/context.js'
import { cancelled, corelabError } from '../kit/errors.js'
import { keeperSocketOf } from '../sys/keeper-socket.js'
import { followLines } from '../sys/log-tail.js'
import type { EnvironmentRef } from './environment-store.js'
import { pathsOf, readLiveProcesses, readPlan } from './environment-store.js'
import { parseEvent } from './follow-keeper.js'
import type { KeeperClient } from './keeper-client.js'
import { keeperClient } from './keeper-client.js'

/** Events are read from a file: the last ones may arrive after the answer. */
const lastEventsMs = 200

/**
 * Asks the keeper for something that takes a while, and shows its events as ours until it answers. Cancelling stops the
 * waiting, not the keeper. Throws ENV_NOT_RUNNING, KEEPER_UNREACHABLE, CANCELLED, and what the keeper answers.
 */
export async function callKeeper<T>(
  ref: EnvironmentRef,
  context: Context,
  call: (client: KeeperClient) => Promise<T>,
): Promise<T> {
  const { keeper } = await readLiveProcesses(ref)
  if (!keeper)
    throw corelabError('ENV_NOT_RUNNING', {
      message: `Environment ${ref.env} is not running`,
      fix: ['corelab up'],
    })
  const plan = await readPlan(ref)
  const following = new AbortController()
  const lines = followLines(pathsOf(ref).eventsFile, {
    fromStart: false,
    signal: following.signal,
    onLine: (line) => {
      const event = parseEvent(line)
      if (event) context.emit(event)
    },
  })
  try {
    const answer = call(keeperClient(keeperSocketOf(plan.socketDir)))
    return await Promise.race([answer, giveUp(context.signal, answer)])
  } finally {
    await context.clock.sleep(context.signal.aborted ? 0 : lastEventsMs)
    following.abort()
    await lines
  }
}

/** Rejects when the caller gives up; never settles otherwise. */
function giveUp(signal: AbortSignal, answer: Promise<unknown>): Promise<never> {
  // Whatever becomes of it then, nobody listens.
  answer.catch(() => undefined)
  const reason = cancelled('Not waited for any longer; the keeper goes on with it')
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(reason)
    else signal.addEventListener('abort', () => reject(reason), { once: true })
  })
}

import { readEndpoints } from '../../cluster/endpoints.js'
import type { EnvironmentRef } from '../../cluster/environment-store.js'
import type { Answer } from '../answer.js'
import type { StopWish } from '../stop-wish.js'
import { planClientCall } from './client-call.js'
import { addressAnswer, openClient } from './open-client.js'

/** Opens a component's own client, or tells its address where there is none or none is wanted. */
export async function connectTo(
  component: string,
  options: {
    readonly place: EnvironmentRef
    readonly account: string
    readonly print: boolean
    readonly reveal: boolean
    /** Handed on to the client. */
    readonly words: readonly string[]
    readonly stop: StopWish
  },
): Promise<Answer> {
  const { place, account } = options
  const call = planClientCall({ component, account }, await readEndpoints(place))
  const { client } = call
  if (options.print || options.reveal || client === null) {
    return addressAnswer(call, { reveal: options.reveal, env: place.env })
  }
  return openClient({ ...call, client }, { words: options.words, env: place.env, stop: options.stop })
}

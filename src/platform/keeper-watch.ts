import { request } from 'node:http'
import type { Clock } from '../kit/clock.js'
import { parseTopology, type TopologyListener } from './topology-news.js'

/** A keeper that was killed is back within a second or so; a socket that is not there is cheap to try. */
const connectAgainMs = 500
/** A topology has some two thousand bytes; whatever has no line end in this many is none. */
const lineBytesMax = 256 * 1024

/**
 * Push by the keeper itself, until `signal` aborts: `GET /topology/watch` on its unix socket answers with a line of
 * JSON for the present topology and for each one after it, and never ends. A keeper that is away, or does not know the
 * path, is asked again and again.
 */
export async function followKeeper(
  { keeperSocket, clock }: { readonly keeperSocket: string; readonly clock: Clock },
  listener: TopologyListener,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await listen(keeperSocket, listener, signal)
    await clock.sleep(connectAgainMs, signal).catch(() => undefined)
  }
}

/** Resolves when the keeper hangs up, or was not there. */
function listen(socketPath: string, listener: TopologyListener, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/topology/watch', signal, agent: false }, (response) => {
      if (response.statusCode !== 200) asked.destroy()
      const onText = linesOf((line) => {
        const topology = parseTopology(line)
        if (topology && !signal.aborted) listener(topology)
      })
      response.setEncoding('utf8')
      response.on('data', (text: string) => {
        if (!onText(text)) asked.destroy()
      })
      response.on('error', ignore)
    })
    asked.on('error', ignore)
    asked.on('close', resolve)
    asked.end()
  })
}

/** Puts pieces together to lines; answers false when one is too long. */
function linesOf(onLine: (line: string) => void): (text: string) => boolean {
  let rest = ''
  return (text) => {
    const lines = (rest + text).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) onLine(line)
    return rest.length <= lineBytesMax
  }
}

const ignore = () => undefined

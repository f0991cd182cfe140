import { connect, type NetConnectOpts } from 'node:net'
import type { Clock } from '../kit/clock.js'
import { corelabError, reasonOf } from '../kit/errors.js'
import { formatDuration } from '../kit/units.js'
import type { ReadinessProbe } from '../model/component-spec.js'
import type { ExitFact } from '../model/process-record.js'

export interface AwaitReadyOptions {
  readonly limitMs: number
  /** Settles when the server has ended: then there is nothing to wait for. null when that is not known. */
  readonly exited: Promise<ExitFact> | null
  readonly clock: Clock
  /** Called about once a second with what the last attempt met. */
  readonly onWaiting?: (facts: { readonly elapsedMs: number; readonly lastSeen: string }) => void
  readonly signal: AbortSignal
}

/** How waiting for a server's first answer ended. */
export type ReadyOutcome =
  | { readonly kind: 'ready'; readonly waitedMs: number }
  | { readonly kind: 'exited'; readonly exit: ExitFact }
  | { readonly kind: 'late'; readonly waitedMs: number; readonly lastSeen: string }

const attemptIntervalMs = 25
const attemptLimitMs = 1_000
const waitingNoticeMs = 1_000

/**
 * Waits until a server answers its own protocol. Raises COMPONENT_START_FAILED when it ended, COMPONENT_NOT_READY
 * after `limitMs`, CANCELLED; `awaitComponent` adds the server's name and its last log lines.
 */
export async function awaitReady(probe: ReadinessProbe, options: AwaitReadyOptions): Promise<'ready'> {
  const outcome = await awaitAnswer(probe, options)
  switch (outcome.kind) {
    case 'ready':
      return 'ready'
    case 'exited':
      throw corelabError('COMPONENT_START_FAILED', { message: 'The server stopped while it was starting' })
    case 'late':
      throw corelabError('COMPONENT_NOT_READY', {
        message: `No answer after ${formatDuration(outcome.waitedMs)}`,
        detail: `${describeProbe(probe)}: ${outcome.lastSeen}`,
      })
  }
}

/** Like {@link awaitReady}, with the end as data. Raises only CANCELLED. */
export async function awaitAnswer(probe: ReadinessProbe, options: AwaitReadyOptions): Promise<ReadyOutcome> {
  const { clock, limitMs, signal } = options
  const startedMs = clock.monotonicMs()
  const ended: { exit: ExitFact | null } = { exit: null }
  void options.exited?.then((exit) => {
    ended.exit = exit
  })
  let noticeMs = startedMs + waitingNoticeMs
  for (;;) {
    const lastSeen = await tryProbe(probe)
    const waitedMs = clock.monotonicMs() - startedMs
    // Looked at first: another process may answer in the place of ours, which is gone.
    if (ended.exit !== null) return { kind: 'exited', exit: ended.exit }
    if (lastSeen === null) return { kind: 'ready', waitedMs }
    if (waitedMs >= limitMs) return { kind: 'late', waitedMs, lastSeen }
    if (startedMs + waitedMs >= noticeMs) {
      options.onWaiting?.({ elapsedMs: waitedMs, lastSeen })
      noticeMs += waitingNoticeMs
    }
    await clock.sleep(attemptIntervalMs, signal)
  }
}

/** One attempt: null when the server answered as expected, else what was seen instead. */
export function tryProbe(probe: ReadinessProbe): Promise<string | null> {
  switch (probe.kind) {
    case 'http':
      return tryHttp(probe.url)
    case 'tcp':
      return trySocket({ host: probe.host, port: probe.port }, probe)
    case 'unix':
      return trySocket({ path: probe.socketPath }, probe)
  }
}

/** What is waited for, for a sentence. */
export function describeProbe(probe: ReadinessProbe): string {
  switch (probe.kind) {
    case 'http':
      return `GET ${probe.url}`
    case 'tcp':
      return `${probe.host}:${probe.port}`
    case 'unix':
      return probe.socketPath
  }
}

async function tryHttp(url: string): Promise<string | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(attemptLimitMs), redirect: 'manual' })
    await response.body?.cancel()
    return response.status === 200 ? null : `status ${response.status}`
  } catch (error) {
    return reasonOf((error as { cause?: unknown }).cause ?? error)
  }
}

function trySocket(
  target: NetConnectOpts,
  dialogue: { readonly send: string | null; readonly expect: string },
): Promise<string | null> {
  const expected = new RegExp(dialogue.expect)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(target)
    const settle = (seen: string | null) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(seen)
    }
    const timer = setTimeout(
      () => settle(answer === '' ? 'no answer' : describeAnswer(answer)),
      attemptLimitMs,
    )
    socket.once('connect', () => {
      if (dialogue.send !== null) socket.write(Buffer.from(dialogue.send, 'latin1'))
    })
    socket.on('data', (bytes) => {
      answer += bytes.toString('latin1')
      if (expected.test(answer)) settle(null)
    })
    socket.once('error', (error) => settle(reasonOf(error)))
    socket.once('close', () =>
      settle(answer === '' ? 'the connection was closed without an answer' : describeAnswer(answer)),
    )
  })
}

function describeAnswer(answer: string): string {
  return `unexpected answer ${JSON.stringify(answer.slice(0, 80))}`
}

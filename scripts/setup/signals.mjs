import { Interrupted } from './setup-error.mjs'

const controller = new AbortController()
const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])

/** Aborts, with an {@link Interrupted} as its reason, at the first Ctrl+C or SIGTERM during the set-up. */
export const stopRequested = controller.signal

/** From now on a signal aborts {@link stopRequested} instead of ending this process on the spot. */
export function watchSignals() {
  for (const signal of signals) process.on(signal, requestStop)
}

/** Gives the signals back to whoever runs next in this process. */
export function releaseSignals() {
  for (const signal of signals) process.off(signal, requestStop)
}

/** @param {NodeJS.Signals} signal */
export function requestStop(signal) {
  if (!controller.signal.aborted) controller.abort(new Interrupted(signal))
}

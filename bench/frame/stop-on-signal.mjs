/** Aborted by the first Ctrl+C or SIGTERM; the next one ends the process at once. */
export function stopOnSignal() {
  const stop = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => stop.abort())
  return stop.signal
}

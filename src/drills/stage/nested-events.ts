import type { Context } from '../../kit/context.js'

/** A context whose steps are shown under `step`: what a part of a run does inside is one level deeper. */
export function nestedIn(step: string, context: Context): Context {
  return {
    ...context,
    emit: (event) =>
      context.emit(event.kind === 'step.started' && event.step !== step ? { ...event, parent: step } : event),
  }
}

/** For what must still be done after the user said stop: it has limits of its own. */
export function uncancelled(context: Context): Context {
  return { ...context, signal: new AbortController().signal }
}

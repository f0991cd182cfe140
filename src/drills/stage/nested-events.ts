import type { Context } from '../../kit/context.js'

/** A context whose steps are shown under `step`: what a part of a run does inside is one level deeper. */
export function nestedIn(step: string, context: Context): Context {
  return {
    ...context,
    emit: (event) =>
      context.emit(event.kind === 'step.started' && event.step !== step ? { ...event, parent: step } : event),
  }
}

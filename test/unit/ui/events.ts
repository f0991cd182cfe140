import type { CorelabEvent, EventBody } from '../../../src/kit/events.js'
import type { ProgressModel } from '../../../src/ui/event-model.js'
import { emptyModel, reduceEvent } from '../../../src/ui/event-model.js'

export const startMs = Date.parse('2026-11-22T10:00:00.000Z')

/** Events one second apart, numbered as an emitter would. */
export function recorded(...bodies: readonly EventBody[]): CorelabEvent[] {
  return bodies.map((body, index) => ({
    ...body,
    at: new Date(startMs + index * 1000).toISOString(),
    seq: index + 1,
  }))
}

export function modelOf(...bodies: readonly EventBody[]): ProgressModel {
  return recorded(...bodies).reduce(reduceEvent, emptyModel)
}

export const began = (step: string, title: string, parent?: string): EventBody => ({
  kind: 'step.started',
  step,
  title,
  ...(parent === undefined ? {} : { parent }),
})

export const ended = (step: string, durationMs: number, summary?: string): EventBody => ({
  kind: 'step.done',
  step,
  durationMs,
  ...(summary === undefined ? {} : { summary }),
})

import type { ErrorShape } from '../kit/errors.js'
import type { CorelabEvent } from '../kit/events.js'
import { formatDuration } from '../kit/units.js'
import type { ProgressModel, StepView } from './event-model.js'
import { runningSteps, stepOf, topologyText } from './event-model.js'
import { activityOf, wholeSeconds } from './step-text.js'

export interface PlainOptions {
  /** Also shows quick sub-steps and every state of a component. */
  readonly verbose: boolean
}

/** A quick sub-step is noise in a log; one that took a second or more is an answer to "what took so long?". */
const subStepShownFromMs = 1000
const columnWidth = 13

/** The lines that an event adds to a plain log: `time component | event`. `model` already contains it. */
export function plainLines(event: CorelabEvent, model: ProgressModel, options: PlainOptions): string[] {
  const text = eventText(event, model, options)
  return text === null ? [] : [plainLine(Date.parse(event.at), columnOf(event, model), text)]
}

/** Says that the work goes on, for logs in which nothing else happens. */
export function heartbeatLine(model: ProgressModel, nowMs: number): string | null {
  const running = runningSteps(model)
  const step = running.find((each) => each.waiting !== null) ?? running.at(-1)
  if (step === undefined) return null
  const activity = activityOf(step, nowMs) ?? `${wholeSeconds(nowMs - step.startedAtMs)} so far`
  return plainLine(nowMs, step.parent ?? step.step, `${step.title}: ${activity}`)
}

function eventText(event: CorelabEvent, model: ProgressModel, options: PlainOptions): string | null {
  switch (event.kind) {
    case 'step.started':
      return event.parent === undefined || options.verbose ? `${event.title} ...` : null
    case 'step.progress':
    case 'step.waiting':
      return null
    case 'step.done':
      return doneText(stepOf(model, event.step), options)
    case 'step.failed':
      return failedText(stepOf(model, event.step)?.title ?? event.step, event.error)
    case 'component.state':
      return options.verbose || isWorthALine(event.state) ? withDetail(event.state, event.detail) : null
    case 'topology':
      return topologyText(event)
    case 'warning':
      return `WARNING ${event.message}`
    case 'note':
      return event.message
  }
}

function doneText(step: StepView | null, options: PlainOptions): string | null {
  if (step === null) return null
  const durationMs = step.durationMs ?? 0
  if (step.parent !== null && durationMs < subStepShownFromMs && !options.verbose) return null
  const summary = step.summary === null ? '' : `: ${step.summary}`
  return `${step.title}, done in ${formatDuration(durationMs)}${summary}`
}

/** What the user stopped did not fail. */
function failedText(title: string, error: ErrorShape): string {
  return error.code === 'CANCELLED' ? `${title}: stopped` : `FAILED ${title}: ${error.message}`
}

const quietStates: ReadonlySet<string> = new Set(['planned', 'preparing', 'starting', 'stopping'])

function isWorthALine(state: string): boolean {
  return !quietStates.has(state)
}

function withDetail(text: string, detail: string | undefined): string {
  return detail === undefined ? text : `${text} (${detail})`
}

function columnOf(event: CorelabEvent, model: ProgressModel): string {
  switch (event.kind) {
    case 'component.state':
      return event.component
    case 'topology':
      return 'keeper'
    case 'warning':
    case 'note':
      return 'corelab'
    default:
      return stepOf(model, event.step)?.parent ?? event.step
  }
}

function plainLine(atMs: number, column: string, text: string): string {
  return `${clockTime(atMs)} ${column.padEnd(columnWidth)} | ${text}`
}

/** The local time of day, as people and the servers' own logs have it. */
function clockTime(atMs: number): string {
  const time = new Date(atMs)
  return [time.getHours(), time.getMinutes(), time.getSeconds()]
    .map((part) => part.toString().padStart(2, '0'))
    .join(':')
}

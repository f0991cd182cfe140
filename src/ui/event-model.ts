import type { ErrorShape } from '../kit/errors.js'
import type { ComponentState, CorelabEvent } from '../kit/events.js'

export interface StepView {
  readonly step: string
  readonly title: string
  readonly parent: string | null
  readonly state: 'running' | 'done' | 'failed'
  readonly startedAtMs: number
  readonly durationMs: number | null
  readonly progress: ProgressView | null
  readonly waiting: WaitingView | null
  readonly summary: string | null
  readonly error: ErrorShape | null
}

export interface ProgressView {
  readonly done: number
  /** null when the end is not known. */
  readonly total: number | null
  readonly unit: string
  readonly perSecond: number | null
  readonly etaMs: number | null
  readonly note: string | null
}

export interface WaitingView {
  readonly waitingFor: string
  /** When the wait began, on the events' clock: a view can show a live figure between two events. */
  readonly sinceMs: number
  readonly limitMs: number
}

export interface ComponentView {
  readonly name: string
  readonly state: ComponentState
  readonly role: string | null
  readonly detail: string | null
}

/** What is over and never changes again, in the order in which it ended. */
export type FinishedItem =
  | { readonly kind: 'step'; readonly key: number; readonly step: StepView }
  | { readonly kind: 'warning' | 'note' | 'topology'; readonly key: number; readonly text: string }

/** Everything a renderer needs to know, folded from the events seen so far. */
export interface ProgressModel {
  /** In the order in which they started; a step that starts again replaces its earlier run. */
  readonly steps: readonly StepView[]
  readonly components: readonly ComponentView[]
  readonly epoch: number | null
  /** Role by node name, as last published. */
  readonly roles: Readonly<Record<string, string>>
  readonly finished: readonly FinishedItem[]
}

export const emptyModel: ProgressModel = Object.freeze({
  steps: [],
  components: [],
  epoch: null,
  roles: {},
  finished: [],
})

/** Folds one event into the model. Pure: the same events give the same picture in every renderer. */
export function reduceEvent(model: ProgressModel, event: CorelabEvent): ProgressModel {
  switch (event.kind) {
    case 'step.started':
      return { ...model, steps: started(model.steps, event) }
    case 'step.progress':
      return changeStep(model, event, { progress: progressOf(event), waiting: null })
    case 'step.waiting':
      return changeStep(model, event, { waiting: waitingOf(event) })
    case 'step.done':
      return finishStep(model, event, { state: 'done', summary: event.summary ?? null })
    case 'step.failed':
      return finishStep(model, event, { state: 'failed', error: event.error })
    case 'component.state':
      return { ...model, components: withComponent(model, event) }
    case 'topology':
      return withTopology(model, event)
    case 'warning':
    case 'note':
      return withFinished(model, { kind: event.kind, key: event.seq, text: event.message })
  }
}

export function runningSteps(model: ProgressModel): readonly StepView[] {
  return model.steps.filter((step) => step.state === 'running')
}

export function stepOf(model: ProgressModel, id: string): StepView | null {
  return model.steps.find((step) => step.step === id) ?? null
}

/** `epoch 2: db-2 is master, db-1 quarantined (db-1 died)`. The roles of all nodes stand in the table. */
export function topologyText({ epoch, master, reason, roles }: EventOf<'topology'>): string {
  const out = Object.keys(roles).filter((node) => roles[node] === 'quarantined')
  const facts = [
    ...(master === null ? [] : [`${master} is master`]),
    ...out.map((node) => `${node} quarantined`),
  ]
  return facts.length === 0 ? `epoch ${epoch}: ${reason}` : `epoch ${epoch}: ${facts.join(', ')} (${reason})`
}

type EventOf<Kind extends CorelabEvent['kind']> = Extract<CorelabEvent, { kind: Kind }>
type StepEvent = EventOf<'step.progress' | 'step.waiting' | 'step.done' | 'step.failed'>

function started(steps: readonly StepView[], event: EventOf<'step.started'>): readonly StepView[] {
  const step = newStep(event.step, event.title, event.parent ?? null, event.at)
  return [...steps.filter((each) => each.step !== event.step), step]
}

function newStep(id: string, title: string, parent: string | null, at: string): StepView {
  return {
    step: id,
    title,
    parent,
    state: 'running',
    startedAtMs: Date.parse(at),
    durationMs: null,
    progress: null,
    waiting: null,
    summary: null,
    error: null,
  }
}

/** A step whose start was not seen (a follower that came late) is shown by its id. */
function changeStep(model: ProgressModel, event: StepEvent, change: Partial<StepView>): ProgressModel {
  const known = stepOf(model, event.step) !== null
  const steps = known ? model.steps : [...model.steps, newStep(event.step, event.step, null, event.at)]
  return {
    ...model,
    steps: steps.map((step) => (step.step === event.step ? { ...step, ...change } : step)),
  }
}

function finishStep(
  model: ProgressModel,
  event: EventOf<'step.done' | 'step.failed'>,
  change: Partial<StepView>,
): ProgressModel {
  const changed = changeStep(model, event, { ...change, durationMs: event.durationMs, waiting: null })
  const step = stepOf(changed, event.step)
  return step === null ? changed : withFinished(changed, { kind: 'step', key: event.seq, step })
}

function progressOf(event: EventOf<'step.progress'>): ProgressView {
  return {
    done: event.done,
    total: event.total,
    unit: event.unit,
    perSecond: event.perSecond ?? null,
    etaMs: event.etaMs ?? null,
    note: event.note ?? null,
  }
}

function waitingOf(event: EventOf<'step.waiting'>): WaitingView {
  return {
    waitingFor: event.waitingFor,
    sinceMs: Date.parse(event.at) - event.elapsedMs,
    limitMs: event.limitMs,
  }
}

function withComponent(model: ProgressModel, event: EventOf<'component.state'>): readonly ComponentView[] {
  const component: ComponentView = {
    name: event.component,
    state: event.state,
    role: model.roles[event.component] ?? null,
    detail: event.detail ?? null,
  }
  const known = model.components.some((each) => each.name === component.name)
  return known
    ? model.components.map((each) => (each.name === component.name ? component : each))
    : [...model.components, component]
}

function withTopology(model: ProgressModel, event: EventOf<'topology'>): ProgressModel {
  const components = model.components.map((component) => ({
    ...component,
    role: event.roles[component.name] ?? null,
  }))
  const item: FinishedItem = { kind: 'topology', key: event.seq, text: topologyText(event) }
  return withFinished({ ...model, components, epoch: event.epoch, roles: event.roles }, item)
}

function withFinished(model: ProgressModel, item: FinishedItem): ProgressModel {
  return { ...model, finished: [...model.finished, item] }
}

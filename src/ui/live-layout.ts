import type { ComponentView, ProgressModel, StepView } from './event-model.js'
import { runningSteps } from './event-model.js'

/** One line of the live region. */
export type LiveRow =
  | { readonly kind: 'step'; readonly step: StepView; readonly depth: 0 | 1 }
  /** The bar or the phrase under a running step. */
  | { readonly kind: 'activity'; readonly step: StepView; readonly depth: 0 | 1 }
  | { readonly kind: 'components'; readonly cells: readonly ComponentView[] }
  | { readonly kind: 'gap' }

export interface TerminalSize {
  readonly columns: number
  readonly rows: number
}

const widthMin = 40
const twoColumnsFrom = 72
/** Lines kept free: the cursor's own, and one so that a line that wraps by surprise does not scroll. */
const spareRows = 2

/**
 * Chooses what the live region shows so that it is always lower than the terminal: taller than the screen,
 * every frame would clear it. Running steps come first, then the component table, then finished sub-steps.
 */
export function liveRows(model: ProgressModel, size: TerminalSize): readonly LiveRow[] {
  const budget = Math.max(1, size.rows - spareRows)
  const steps = stepRows(model)
  const table = tableRows(model, size)
  const fits = steps.length + table.length <= budget
  if (fits) return [...steps, ...table]
  const essential = steps.filter((row) => row.kind !== 'step' || row.step.state === 'running')
  if (essential.length + table.length <= budget) return [...essential, ...table]
  return essential.slice(-budget)
}

/** A width to draw in, whatever the terminal claims (some ptys say 0). */
export function drawingWidth(size: TerminalSize): number {
  return Math.max(widthMin, size.columns)
}

function stepRows(model: ProgressModel): LiveRow[] {
  const running = runningSteps(model)
  const isOrphan = (step: StepView) =>
    step.parent === null || !running.some((each) => each.step === step.parent)
  return running.filter(isOrphan).flatMap((step) => [...rowsOf(step, 0), ...childRows(model, step)])
}

/** A sub-step that failed stands in the history at once; here it would be there twice. */
function childRows(model: ProgressModel, parent: StepView): LiveRow[] {
  return model.steps
    .filter((step) => step.parent === parent.step && step.state !== 'failed')
    .flatMap((step) => rowsOf(step, 1))
}

function rowsOf(step: StepView, depth: 0 | 1): LiveRow[] {
  const active = step.state === 'running' && (step.progress !== null || step.waiting !== null)
  const row: LiveRow = { kind: 'step', step, depth }
  return active ? [row, { kind: 'activity', step, depth }] : [row]
}

/** Database nodes on the left, everything else on the right, when there is room for both. */
function tableRows(model: ProgressModel, size: TerminalSize): LiveRow[] {
  if (model.components.length === 0) return []
  const sorted = [...model.components].sort(byNameDatabasesFirst)
  const cells = size.columns < twoColumnsFrom ? singleColumn(sorted) : twoColumns(sorted)
  return [{ kind: 'gap' }, ...cells.map((each): LiveRow => ({ kind: 'components', cells: each }))]
}

function singleColumn(components: readonly ComponentView[]): ComponentView[][] {
  return components.map((component) => [component])
}

function twoColumns(components: readonly ComponentView[]): ComponentView[][] {
  const left = components.filter(isDatabase)
  const right = components.filter((component) => !isDatabase(component))
  if (left.length === 0 || right.length === 0) return singleColumn(components)
  const height = Math.max(left.length, right.length)
  return Array.from({ length: height }, (_, row) =>
    [left[row], right[row]].filter((cell) => cell !== undefined),
  )
}

/** Components start in any order; the eye wants each in its place. */
function byNameDatabasesFirst(a: ComponentView, b: ComponentView): number {
  return Number(isDatabase(b)) - Number(isDatabase(a)) || a.name.localeCompare(b.name)
}

function isDatabase(component: ComponentView): boolean {
  return component.name.startsWith('db-')
}

import type { ErrorShape } from '../../kit/errors.js'
import { formatDuration } from '../../kit/units.js'
import type { DemoResult, TourStep } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { renderSpans } from '../spans.js'

const marks = { done: '✓', failed: '✗', skipped: '–' } as const

/** A run on one time axis. A failed step stays visible as failed, with what, why and what to do. */
export function renderSteps(result: Pick<DemoResult, 'durationMs' | 'steps'>): Html {
  const endMs = Math.max(
    result.durationMs,
    ...result.steps.map((step) => step.startedAtMs + step.durationMs),
    1,
  )
  return html`<section id="steps">
<h2>What was done</h2>
<ol class="steps">${result.steps.map((step) => renderStep(step, endMs))}</ol>
</section>`
}

function renderStep(step: TourStep, endMs: number): Html {
  const took = step.state === 'skipped' ? 'skipped' : formatDuration(step.durationMs)
  // Also the shortest step leaves a mark, and the last one before the end of the axis.
  const visibleMs = endMs * 0.004
  const span = {
    fromMs: Math.min(step.startedAtMs, endMs - visibleMs),
    toMs: Math.max(step.startedAtMs + step.durationMs, step.startedAtMs + visibleMs),
    label: '',
    tone: `step-${step.state}`,
    hint: `${step.title}: from ${formatDuration(step.startedAtMs)}, ${took}`,
  }
  return html`<li class="${step.state}" id="step-${step.id}">
<span class="mark" aria-label="${step.state}">${marks[step.state]}</span>
<span class="title">${step.title}</span>
<span class="bar">${step.state === 'skipped' ? null : renderSpans([span], [0, endMs], 12)}</span>
<span class="took">${took}</span>
${step.summary === null ? null : html`<p class="summary">${step.summary}</p>`}
${step.error === null ? null : renderError(step.error)}
</li>`
}

function renderError(error: ErrorShape): Html {
  return html`<div class="error">
<p class="what">${error.message}</p>
${error.detail === null ? null : html`<pre>${error.detail}</pre>`}
${error.fix.length === 0 ? null : html`<p class="fix">Try: ${error.fix.map((fix) => html`<code>${fix}</code> `)}</p>`}
<p class="code">Code: ${error.code} (<code>corelab explain ${error.code}</code>)</p>
</div>`
}

import type { DemoResult, RoleSpan } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { renderSpans } from '../spans.js'
import { failoverRangeMs, failoverZeroMs } from './load-charts.js'

const knownRoles = ['master', 'shadow', 'slave-1', 'slave-2', 'quarantined', 'down'] as const

/** One lane per database node under the charts, on the same time axis: who was what, and when. */
export function renderRoles(result: DemoResult): Html | null {
  if (result.roles.length === 0) return null
  const range = failoverRangeMs(result)
  const zeroMs = failoverZeroMs(result)
  const nodes = [...new Set(result.roles.map((span) => span.node))].sort()
  const seen = knownRoles.filter((role) => result.roles.some((span) => span.role === role))
  return html`<figure class="chart lanes">
<figcaption><h3>Roles of the database nodes</h3><p>A node keeps its name; its role moves. Only the master takes writes; a quarantined node serves nothing.</p></figcaption>
${nodes.map((node) => {
  const spans = result.roles.filter((span) => span.node === node)
  return html`<div class="lane"><span class="name">${node}</span>${renderSpans(
    spans.map((span) => asSpan(span, zeroMs)),
    range,
    24,
  )}</div>`
})}
<p class="legend">${seen.map((role) => html`<span class="key role-${role}">${role}</span>`)}</p>
</figure>`
}

function asSpan(span: RoleSpan, zeroMs: number) {
  const seconds = (ms: number) => `${((ms - zeroMs) / 1000).toFixed(2)} s`
  const tone = knownRoles.some((role) => role === span.role) ? `role-${span.role}` : 'role-other'
  return {
    fromMs: span.fromMs,
    toMs: span.toMs,
    label: span.role,
    tone,
    hint: `${span.node}: ${span.role} from ${seconds(span.fromMs)} to ${seconds(span.toMs)}`,
  }
}

import type { Attribution, BenchResult, ProcessShare } from '../../model/bench-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { formatMicroseconds, formatRate, formatShare } from './quantity.js'

/** Who spent the processors' time: a bar, and a row for each process. */
export function renderCpuSplit({ attribution }: BenchResult): Html {
  const { processes } = attribution
  if (processes.length === 0)
    return html`<section id="cpu"><h2>Who spent the CPU time</h2><p class="aside">The processes run elsewhere, so nothing is known.</p></section>`
  const sumMs = processes.reduce((sum, { cpuMs }) => sum + cpuMs, 0)
  const perOperation = processes.reduce((sum, each) => sum + (each.cpuUsPerOperation ?? 0), 0)
  return html`<section id="cpu">
<h2>Who spent the CPU time</h2>
<p>${formatMicroseconds(perOperation)} of CPU time for each operation, all processes together. Client and servers share the processors of one host: what one takes the others do not have.</p>
${renderBar(processes, sumMs)}
<div class="scroll"><table class="stacked">
<thead><tr><th>Process</th><th>Role</th><th class="number">Share</th><th class="number">CPU per operation</th><th class="number">Context switches per operation</th></tr></thead>
<tbody>${processes.map((each) => renderRow(each, sumMs))}</tbody></table></div>
${renderFacts(attribution)}
</section>`
}

function renderRow(share: ProcessShare, sumMs: number): Html {
  return html`<tr><th data-label="Process"><span class="key ${toneOf(share)}">${share.name}</span></th>
<td data-label="Role">${share.role ?? ''}</td>
<td class="number" data-label="Share">${sumMs === 0 ? '' : formatShare(share.cpuMs / sumMs)}</td>
<td class="number" data-label="CPU">${share.cpuUsPerOperation === null ? 'not known' : formatMicroseconds(share.cpuUsPerOperation)}</td>
<td class="number" data-label="Switches">${share.contextSwitchesPerOperation === null ? 'not known' : formatRate(share.contextSwitchesPerOperation)}</td></tr>`
}

/** In a narrower part a name would be a torn word; the hint and the table tell it. */
const labelShareMin = 0.1

function renderBar(processes: readonly ProcessShare[], sumMs: number): Html | null {
  if (sumMs === 0) return null
  let before = 0
  return html`<svg class="spans cpu-bar" width="100%" height="30" role="img" aria-label="CPU time by process">${processes.map(
    (each) => {
      const share = each.cpuMs / sumMs
      const from = before
      before += share
      return html`<svg x="${from * 100}%" width="${share * 100}%" height="30" class="${toneOf(each)}"><title>${each.name}: ${formatShare(share)}</title><rect width="100%" height="100%"/><text x="8" y="15" dy="0.35em">${share < labelShareMin ? '' : `${each.name} ${formatShare(share)}`}</text></svg>`
    },
  )}</svg>`
}

function toneOf({ name, role }: ProcessShare): string {
  if (role === 'master' || role === 'shadow') return `role-${role}`
  if (role?.startsWith('slave')) return 'role-slave-1'
  return ['client', 'qlink'].includes(name) ? `cpu-${name}` : 'cpu-other'
}

function renderFacts(attribution: Attribution): Html {
  const lag = Object.entries(attribution.lagMaxMs).map(
    ([node, ms]) => `${node} ${ms === null ? 'not known' : `${Math.round(ms)} ms`}`,
  )
  const facts: (readonly [string, string])[] = [
    [
      'Processors',
      attribution.hostBusyShare === null
        ? 'not known'
        : `${formatShare(attribution.hostBusyShare)} busy, with everything else on the host; ${formatShare(attribution.hostStolenShare ?? 0)} stolen`,
    ],
    ['Noise', noiseText(attribution)],
    ...(attribution.fsyncsPerOperation === null
      ? []
      : [['Fsyncs', `${attribution.fsyncsPerOperation.toFixed(3)} per acknowledged operation`] as const]),
    ...(lag.length === 0 ? [] : [['Longest lag', lag.join(', ')] as const]),
  ]
  return html`<dl class="facts part">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`
}

function noiseText({ noise }: Attribution): string {
  if (noise === null) return 'not watched'
  return noise.verdict === 'quiet'
    ? `quiet: a fixed piece of work took as long as it should in ${noise.slices - noise.noisy} of ${noise.slices} slices`
    : `noisy: a fixed piece of work took too long in ${noise.noisy} of ${noise.slices} slices; the figure is lower than a quiet host's`
}

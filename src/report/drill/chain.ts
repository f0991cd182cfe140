import { formatCount } from '../../kit/units.js'
import type { DrillResult, MasterChange } from '../../model/drill-result.js'
import { formatGap } from '../demo/quantity.js'
import type { Html } from '../html.js'
import { html } from '../html.js'

/** The longest of many changes is taken apart; the others are in a table. */
export function renderChain(result: DrillResult): Html {
  const { changes } = result
  if (changes.length === 0)
    return html`<section id="chain"><h2>Changes of the master</h2><p class="aside">The master stayed.</p></section>`
  const longest = changes.toSorted((left, right) => (right.gapMs ?? 0) - (left.gapMs ?? 0))[0]
  const one = changes.length === 1
  return html`<section id="chain">
<h2>${one ? 'From the fault to the first OK' : 'Changes of the master'}</h2>
${one ? null : renderAll(changes)}
${longest ? renderOne(longest, one) : null}
</section>`
}

interface Link {
  readonly name: string
  readonly what: string
  readonly atMs: number | null
  readonly seenBy: string
}

function renderOne(change: MasterChange, alone: boolean): Html {
  const zeroMs = change.faultAtMs ?? change.detectedAtMs ?? change.publishedAtMs
  const links = linksOf(change).toSorted((left, right) => (left.atMs ?? 0) - (right.atMs ?? 0))
  const after = change.faultAtMs === null ? 'After the wish' : 'After the fault'
  const title = alone
    ? null
    : html`<h3 class="part">The longest: ${change.oldMaster ?? '?'} to ${change.newMaster ?? '?'}, epoch ${change.toEpoch}</h3>`
  return html`${title}<div class="scroll"><table class="chain stacked">
<thead><tr><th>Event</th><th>What happened</th><th class="number">${after}</th><th class="number">Later</th><th>Recorded by</th></tr></thead>
<tbody>${links.map((link, index) => {
    const before = links[index - 1]?.atMs ?? null
    const took = link.atMs === null || before === null ? null : link.atMs - before
    return html`<tr>
<th class="nowrap" data-label="Event">${link.name}</th><td data-label="What happened">${link.what}</td>
<td class="number" data-label="${after}">${link.atMs === null ? 'did not happen' : signed(link.atMs - zeroMs)}</td>
<td class="number" data-label="Later">${took === null ? '' : `+${formatGap(Math.max(0, took))}`}</td>
<td data-label="Recorded by">${link.seenBy}</td></tr>`
  })}</tbody></table></div>
<p class="aside">Without an OK for ${change.gapMs === null ? 'an unknown time' : formatGap(change.gapMs)}, from the last one of epoch ${change.fromEpoch} to the first one of epoch ${change.toEpoch}, over all clients. The keeper's times are good to a millisecond.</p>`
}

const stepTexts: Readonly<Record<string, string>> = {
  seal: 'qlink ended the epoch for good: the old master can tell nobody OK again',
  halt: 'The survivors stopped receiving',
  survey: 'It is known who has the longest history',
  drain: 'The next master has applied everything that may have been acknowledged',
  attach: 'qlink acknowledges the next master',
  open: 'The next master is open for writes',
  repoint: 'The others follow the new chain',
  check: 'The switchover is known to be short',
  quiesce: 'The transactions in flight have ended',
  level: 'qlink and the next master have everything',
}

function linksOf(change: MasterChange): readonly Link[] {
  const fault: Link[] =
    change.faultAtMs === null
      ? []
      : [{ name: 'fault', what: 'The fault took effect', atMs: change.faultAtMs, seenBy: 'drill' }]
  return [
    ...fault,
    {
      name: change.kind === 'switchover' ? 'hold' : 'detect',
      what: `Routers are told that there is no master: ${change.reason}`,
      atMs: change.detectedAtMs,
      seenBy: 'keeper',
    },
    ...change.steps.map(
      (step): Link => ({
        name: step.name,
        what: stepTexts[step.name] ?? 'A step of the keeper ended',
        atMs: step.endedAtMs,
        seenBy: 'keeper',
      }),
    ),
    {
      name: 'publish',
      what: `Routers are told: ${change.newMaster ?? 'nobody'}, epoch ${change.toEpoch}`,
      atMs: change.publishedAtMs,
      seenBy: 'keeper',
    },
    {
      name: 'first OK',
      what: `A client got an OK of epoch ${change.toEpoch}`,
      atMs: change.firstOkAtMs,
      seenBy: 'clients',
    },
  ]
}

/** Clients may be served a moment before the keeper has written its own record. */
function signed(ms: number): string {
  return ms < 0 ? `−${formatGap(-ms)}` : formatGap(ms)
}

function renderAll(changes: readonly MasterChange[]): Html {
  const gaps = changes.flatMap(({ gapMs }) => (gapMs === null ? [] : [gapMs])).sort((a, b) => a - b)
  return html`${renderDistribution(gaps)}
<details><summary>Each of them (${formatCount(changes.length)})</summary>
<div class="scroll"><table class="stacked"><thead><tr><th class="number">Epoch</th><th>From</th><th>To</th><th>Kind</th><th class="number">Detected</th><th class="number">Published</th><th class="number">Without an OK</th></tr></thead>
<tbody>${changes.map(renderRow)}</tbody></table></div></details>`
}

function renderRow(change: MasterChange): Html {
  const zeroMs = change.faultAtMs ?? change.detectedAtMs
  const after = (atMs: number | null) => (atMs === null || zeroMs === null ? '' : signed(atMs - zeroMs))
  return html`<tr><td class="number" data-label="Epoch">${change.toEpoch}</td><td data-label="From">${change.oldMaster ?? '?'}</td>
<td data-label="To">${change.newMaster ?? '?'}</td><td data-label="Kind">${change.kind}</td>
<td class="number" data-label="Detected">${after(change.detectedAtMs)}</td><td class="number" data-label="Published">${after(change.publishedAtMs)}</td>
<td class="number" data-label="Without an OK">${change.gapMs === null ? 'unknown' : formatGap(change.gapMs)}</td></tr>`
}

function renderDistribution(gaps: readonly number[]): Html | null {
  if (gaps.length < 2) return null
  const at = (share: number) => gaps[Math.min(gaps.length - 1, Math.ceil(share * gaps.length) - 1)] ?? 0
  const facts = [
    ['shortest', gaps[0] ?? 0],
    ['median', at(0.5)],
    ['p95', at(0.95)],
    ['longest', gaps.at(-1) ?? 0],
  ] as const
  return html`<p>Time without an OK around ${formatCount(gaps.length)} changes: ${facts.map(
    ([name, ms]) => html`<span class="pair"><i>${name}</i> ${formatGap(ms)}</span> `,
  )}</p>`
}

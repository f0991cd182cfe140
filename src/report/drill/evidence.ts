import { formatCount } from '../../kit/units.js'
import type { DrillResult, OldMasterExtras, WriteLedger } from '../../model/drill-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'

/** What became of every write, what old masters had alone, who served which epoch, and what the nodes hold. */
export function renderEvidence(result: DrillResult): Html {
  return html`<section id="ledger">
<h2>What became of the writes</h2>
${result.ledger ? renderLedger(result.ledger) : html`<p class="aside">The ledger was not checked, so nothing is claimed.</p>`}
${renderExtras(result)}
${renderEpochs(result)}
${renderNodes(result)}
</section>`
}

function renderLedger(ledger: WriteLedger): Html {
  const { unknown } = ledger
  const rows: readonly (readonly [string, number, string])[] = [
    ['acknowledged', ledger.acknowledged, 'A client was told OK.'],
    ['failed', ledger.failed, 'A client was told that nothing was applied.'],
    [
      'lost',
      ledger.lost,
      `Acknowledged, and not on the master at the end: ${formatCount(ledger.lost)} of ${formatCount(ledger.acknowledged)}.`,
    ],
    ['applied twice', ledger.duplicated, 'One key moved money more than once.'],
    ['unknown, then found applied', unknown.foundApplied, 'Sent again under its name: it was there already.'],
    ['unknown, then applied', unknown.appliedThen, 'Sent again under its name: it had not been applied.'],
    ['unknown, applied', unknown.appliedAtEnd, 'Never answered; looked for at the end, it is there.'],
    ['unknown, not applied', unknown.absentAtEnd, 'Never answered; looked for at the end, it is not there.'],
  ]
  const isBad = (name: string, count: number) => count > 0 && (name === 'lost' || name === 'applied twice')
  return html`<div class="scroll"><table class="stacked"><thead><tr><th>Writes</th><th class="number">Number</th><th>Meaning</th></tr></thead>
<tbody>${rows.map(
    ([name, count, meaning]) =>
      html`<tr><th data-label="Writes">${name}</th><td class="number ${isBad(name, count) ? 'bad' : ''}" data-label="Number">${formatCount(count)}</td><td data-label="Meaning">${meaning}</td></tr>`,
  )}</tbody></table></div>`
}

function renderExtras({ extras }: DrillResult): Html | null {
  if (extras.length === 0) return null
  return html`<h3 class="part">What old masters had alone</h3>
<p class="aside">Read from a copy of the old master's binlog, made when it was struck. A transaction that nobody acknowledged may be there; one that a client was told OK must not.</p>
<div class="scroll"><table class="stacked"><thead><tr><th>Node</th><th class="number">Epoch</th><th>Kept up to</th><th class="number">Transactions alone</th><th class="number">Of them told OK</th><th>Examples</th></tr></thead>
<tbody>${extras.map(renderExtra)}</tbody></table></div>`
}

function renderExtra(extra: OldMasterExtras): Html {
  if (extra.unread !== null)
    return html`<tr><th data-label="Node">${extra.node}</th><td class="number" data-label="Epoch">${extra.epoch}</td><td colspan="4" data-label="Could not be read">${extra.unread}</td></tr>`
  return html`<tr><th data-label="Node">${extra.node}</th><td class="number" data-label="Epoch">${extra.epoch}</td>
<td data-label="Kept up to">${extra.keptUpTo === '' ? 'nothing' : html`<code>${extra.keptUpTo}</code>`}</td><td class="number" data-label="Alone">${formatCount(extra.transactions)}</td>
<td class="number ${extra.acknowledgedAndGone > 0 ? 'bad' : ''}" data-label="Told OK">${formatCount(extra.acknowledgedAndGone)}</td>
<td data-label="Examples">${extra.gtids.slice(0, 4).map((gtid) => html`<code>${gtid}</code> `)}</td></tr>`
}

function renderEpochs({ epochs, staleAnswers }: DrillResult): Html | null {
  if (epochs.length === 0) return null
  const alone = epochs.every(({ servers }) => servers.length === 1)
  const said =
    staleAnswers === 0 && alone
      ? 'No node served an old epoch: after the first answer of an epoch nobody was answered in an earlier one, and each epoch had one server.'
      : `${formatCount(staleAnswers ?? 0)} answers came from an epoch that was over${alone ? '' : ', and an epoch had more than one server'}.`
  return html`<h3 class="part">Who served which epoch</h3>
<p class="${staleAnswers === 0 && alone ? 'aside' : 'breach'}" id="epochs-said">${said}</p>
<div class="scroll"><table class="stacked"><thead><tr><th class="number">Epoch</th><th>Answered by server</th><th class="number">Appends acknowledged</th></tr></thead>
<tbody>${epochs.map(
    (each) =>
      html`<tr><td class="number" data-label="Epoch">${each.epoch}</td><td data-label="Server">${each.servers.join(' and ')}</td><td class="number" data-label="Appends">${formatCount(each.acknowledged)}</td></tr>`,
  )}</tbody></table></div>`
}

function renderNodes({ nodes }: DrillResult): Html | null {
  if (nodes.length === 0) return null
  const first = nodes[0]?.checksum
  return html`<h3 class="part">The nodes at the end</h3>
<p class="aside">A digest over the checksums of all tables: equal means equal rows.</p>
<div class="scroll"><table class="stacked"><thead><tr><th>Node</th><th>Role</th><th>GTID position</th><th>Caught up</th><th class="number">Tables</th><th>Checksum</th></tr></thead>
<tbody>${nodes.map(
    (node) =>
      html`<tr><th data-label="Node">${node.node}</th><td data-label="Role">${node.role}</td><td data-label="Position"><code>${node.position}</code></td>
<td data-label="Caught up">${node.caughtUp ? 'yes' : 'no'}</td><td class="number" data-label="Tables">${formatCount(node.tables)}</td>
<td data-label="Checksum" class="${node.checksum === first ? '' : 'bad'}"><code>${node.checksum}</code></td></tr>`,
  )}</tbody></table></div>`
}

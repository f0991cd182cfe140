import type { Html } from '../html.js'
import { html } from '../html.js'

const words: readonly (readonly [string, string])[] = [
  ['acknowledged', 'The client received OK. From then on the write must never disappear.'],
  [
    'unknown outcome',
    'The connection broke while the commit was under way. The client asks again under the same name, and so learns what became of it.',
  ],
  ['epoch', 'A number that grows with each change of the master. One writer per epoch.'],
  [
    'qlink',
    "The process that receives the master's binlog and makes it durable; only then the master says OK. It acknowledges one master at a time.",
  ],
  ['seal', "qlink's irreversible end of an epoch: it never acknowledges that master again."],
  ['keeper', 'The process that supervises the servers and carries out changes of the master.'],
  [
    'transfer, append',
    'The two kinds of writes: money between two accounts, and rows that nobody else writes.',
  ],
  [
    'RPO',
    'How much of what was acknowledged is lost: the number of lost writes over the number of acknowledged ones.',
  ],
  ['RTO', 'How long nobody could write: from the last OK before a change to the first one after it.'],
  ['shadow', 'The node that is first in line to become the master.'],
  ['quarantined', 'Out of service until its history has been compared with the one that counts.'],
  ['closed loop', 'Each client waits for its answer before it sends the next request.'],
]

export function renderWords(): Html {
  return html`<section id="glossary">
<h2>Words</h2>
<dl class="words">${words.map(([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}</dl>
</section>`
}

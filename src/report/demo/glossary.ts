import type { Html } from '../html.js'
import { html } from '../html.js'

const words: readonly (readonly [string, string])[] = [
  ['acknowledged', 'The client received OK for the transaction. From then on it must never disappear.'],
  [
    'unknown outcome',
    'The connection broke after COMMIT was sent, so the client cannot know. Resolved afterwards by asking for the idempotency key.',
  ],
  ['idempotency key', 'A name that the client gives to a transfer. The same key is applied at most once.'],
  [
    'master, shadow, slave',
    'Roles of the four database nodes. The master takes writes; shadow and slaves serve reads; the shadow takes over.',
  ],
  ['epoch', 'A number that grows with each change of master. One writer per epoch.'],
  ['keeper', 'The process that supervises the servers and carries out the failover.'],
  [
    'quarantined',
    'Out of service until its history has been compared with the current one, or it was built anew.',
  ],
  ['write gap', 'The longest pause between two acknowledged writes around the failover, over all clients.'],
  [
    'conservation',
    'Transfers move money and never make or destroy it: the sum of all balances stays the same.',
  ],
  ['convergence', 'All serving nodes hold the same rows once replication has caught up.'],
  [
    'closed loop',
    'Each connection waits for its answer before it sends the next request. Waiting time of requests that were never sent is not seen.',
  ],
  ['p50, p99', 'Half (99 of 100) of the operations were at most this slow.'],
  ['durability', 'What the master waits for before it says OK: its own disk, and a second node.'],
  [
    'AFTER_SYNC',
    'Semi-synchronous replication: the master waits until another node has the transaction before any client can see it.',
  ],
  [
    'buffer pool',
    'The memory in which the database keeps its pages. Data that fits is read without the disk.',
  ],
]

export function renderGlossary(): Html {
  return html`<section id="glossary">
<h2>Words</h2>
<dl class="words">${words.map(([word, meaning]) => html`<div><dt>${word}</dt><dd>${meaning}</dd></div>`)}</dl>
</section>`
}

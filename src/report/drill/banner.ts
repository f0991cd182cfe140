import { formatBytes, formatCount, formatDuration } from '../../kit/units.js'
import type { DrillResult } from '../../model/drill-result.js'
import { formatGap } from '../demo/quantity.js'
import type { Html } from '../html.js'
import { html } from '../html.js'

const words = {
  pass: { mark: '✓', word: 'Pass' },
  fail: { mark: '✗', word: 'Fail' },
  unknown: { mark: '?', word: 'Unknown' },
} as const

/** What the drill shows, its verdict in a word and a sentence, the numbers everybody asks for, and how to repeat it. */
export function renderBanner(result: DrillResult): Html {
  const { mark, word } = words[result.verdict]
  const control =
    result.kind === 'negative-control'
      ? html`<p class="control">A negative control: a safety setting was off on purpose. It passes when the loss that follows is found, because a checker that never finds anything proves nothing.</p>`
      : null
  return html`<header>
<p class="kicker">corelab drill ${result.id} ${result.name} <span>${result.state}</span></p>
<p class="shows">${result.shows}</p>
${control}
<div class="verdict ${result.verdict}" id="verdict">
<span class="mark" aria-hidden="true">${mark}</span>
<div><h1>${word}</h1><p>${result.verdictReason}</p></div>
</div>
<div class="tiles">${tilesOf(result).map(
    ([label, value, note]) =>
      html`<div class="tile"><p class="label">${label}</p><p class="value">${value}</p><p class="note">${note}</p></div>`,
  )}</div>
</header>
${renderReproduce(result)}`
}

type Tile = readonly [label: string, value: string, note: string]

const dash = '–'

function tilesOf(result: DrillResult): readonly Tile[] {
  const { ledger } = result
  return [
    [
      'Acknowledged writes lost',
      ledger ? formatCount(ledger.lost) : dash,
      ledger ? `of ${formatCount(ledger.acknowledged)} acknowledged` : 'not checked',
    ],
    [
      'Applied twice',
      ledger ? formatCount(ledger.duplicated) : dash,
      ledger ? 'keys that moved money more than once' : 'not checked',
    ],
    unknownTile(result),
    gapTile(result),
    [
      'Changes of the master',
      formatCount(result.changes.length),
      result.changes.length === 0 ? 'the master stayed' : chainOf(result),
    ],
    [
      'Answers of an old epoch',
      result.staleAnswers === null ? dash : formatCount(result.staleAnswers),
      result.staleAnswers === null
        ? 'not checked'
        : `in ${formatCount(result.epochs.length)} epochs that clients saw`,
    ],
  ]
}

function unknownTile({ ledger }: DrillResult): Tile {
  const label = 'Unknown outcomes'
  if (!ledger) return [label, dash, 'not checked']
  const { foundApplied, appliedThen, appliedAtEnd, absentAtEnd } = ledger.unknown
  const met = foundApplied + appliedThen + appliedAtEnd + absentAtEnd
  return [label, formatCount(met), met === 0 ? 'every client got an answer' : 'all resolved, see below']
}

function gapTile({ longestGap, load }: DrillResult): Tile {
  const clients = load ? load.clients.transfers + load.clients.appends : 0
  const label = 'Longest time without an OK'
  if (!longestGap) return [label, dash, 'no pause was seen']
  return [label, formatGap(longestGap.firstOkAtMs - longestGap.lastOkAtMs), `over ${clients} clients`]
}

function chainOf({ changes }: DrillResult): string {
  const nodes = [changes[0]?.oldMaster ?? '?', ...changes.map(({ newMaster }) => newMaster ?? '?')]
  const shown = nodes.slice(0, 5).join(' to ')
  return nodes.length > 5 ? `${shown} ...` : shown
}

function renderReproduce(result: DrillResult): Html {
  const { host, load } = result
  const clients = load
    ? `${load.clients.transfers} transfer, ${load.clients.appends} append, closed loop, ${load.thinkMs} ms of thought each; ${load.clients.readers} read the epoch`
    : 'none'
  const rows: readonly (readonly [string, string])[] = [
    ['Started', `${result.startedAt}, took ${formatDuration(result.durationMs)}`],
    ['Clients', clients],
    ['Choices', `seed ${result.seed}${result.quick ? ', quick' : ''}`],
    ['Environment', `${result.env}, profile ${result.profile}, made and deleted by the drill`],
    ['Versions', `corelab ${result.corelab}, Node ${host.node}`],
    [
      'Servers',
      `${engineName(result.engine)} ${host.mariadb}, Redis ${host.redis}, RabbitMQ ${host.rabbitmq}`,
    ],
    [
      'Host',
      `${host.cpuModel}, ${host.cores} cores, ${formatBytes(host.memoryBytes)} memory, Linux ${host.kernel}`,
    ],
  ]
  return html`<section id="reproduce">
<h2>Run it again</h2>
<pre><code>${result.command}</code></pre>
<dl class="facts">${rows.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
<p class="aside">One host: clients, keeper, qlink and all database nodes share its processors and its disk, and a killed process leaves the page cache of the kernel behind. Times are times of this host only; no network and no power cut was involved.</p>
</section>`
}

function engineName(engine: string): string {
  return engine === 'mysql' ? 'MySQL' : 'MariaDB'
}

import { formatCount } from '../../kit/units.js'
import type { DemoResult, ThroughputFigure } from '../../model/demo-result.js'
import type { Html } from '../html.js'
import { html } from '../html.js'
import { formatGap } from './quantity.js'

const words = {
  pass: { mark: '✓', word: 'Pass' },
  fail: { mark: '✗', word: 'Fail' },
  unknown: { mark: '?', word: 'Unknown' },
} as const

/** The verdict in a word and a sentence, then the few numbers that everybody asks for, each with its settings. */
export function renderBanner(result: DemoResult): Html {
  const { mark, word } = words[result.verdict]
  return html`<header>
<p class="kicker">corelab demo <span>${result.project}</span></p>
<div class="verdict ${result.verdict}" id="verdict">
<span class="mark" aria-hidden="true">${mark}</span>
<div><h1>${word}</h1><p>${result.verdictReason}</p></div>
</div>
<div class="tiles">${tilesOf(result).map(
    (tile) =>
      html`<div class="tile"><p class="label">${tile.label}</p><p class="value">${tile.value}${
        tile.unit ? html`<small> ${tile.unit}</small>` : null
      }</p><p class="note">${tile.note}</p></div>`,
  )}</div>
</header>`
}

interface Tile {
  readonly label: string
  readonly value: string
  readonly unit: string
  readonly note: string
}

function tilesOf(result: DemoResult): readonly Tile[] {
  return [
    checksTile(result),
    gapTile(result),
    transfersTile(result),
    figureTile(result, 'read', 'Reads'),
    figureTile(result, 'write', 'Durable writes'),
    loadTile(result),
  ]
}

const dash = '–'

function checksTile(result: DemoResult): Tile {
  const valid = result.checks.filter((check) => check.valid === true).length
  const failed = result.checks.filter((check) => check.valid === false).length
  return {
    label: 'Checks that hold',
    value: result.checks.length === 0 ? dash : `${valid} of ${result.checks.length}`,
    unit: '',
    note:
      result.checks.length === 0
        ? 'not run'
        : failed === 0
          ? 'over the recorded history'
          : `${failed} violated`,
  }
}

function gapTile(result: DemoResult): Tile {
  const gapMs = result.failover?.writeGapMs ?? null
  const clients = result.transfers?.clients ?? 0
  return {
    label: 'Write gap after SIGKILL',
    value: gapMs === null ? dash : formatGap(gapMs),
    unit: '',
    note: gapMs === null ? 'not measured' : `as seen by ${clients} clients`,
  }
}

function transfersTile(result: DemoResult): Tile {
  const transfers = result.transfers
  if (!transfers) return { label: 'Transfers acknowledged', value: dash, unit: '', note: 'not run' }
  return {
    label: 'Transfers acknowledged',
    value: formatCount(transfers.acknowledged),
    unit: '',
    note: `${formatCount(transfers.failed)} failed, ${formatCount(transfers.unknown)} unknown at first`,
  }
}

function figureTile(result: DemoResult, name: ThroughputFigure['name'], label: string): Tile {
  const figure = result.figures.find((each) => each.name === name)
  if (!figure) return { label, value: dash, unit: '', note: 'not measured' }
  return {
    label,
    value: formatCount(figure.operationsPerSecond),
    unit: 'per second',
    note: `${figure.connections} connections, closed loop`,
  }
}

function loadTile(result: DemoResult): Tile {
  if (!result.load) return { label: 'Population', value: dash, unit: '', note: 'not loaded' }
  return {
    label: 'Population',
    value: formatCount(result.load.customers),
    unit: 'customers',
    note: `${formatCount(result.load.accounts)} accounts`,
  }
}

import { describe, expect, test } from 'vitest'
import type { DrillResult } from '../../../src/model/drill-result.js'
import { renderDrillHtml } from '../../../src/report/drill/drill-html.js'
import { assets } from './assets.js'
import { drillSample } from './drill-sample.js'

const sample = drillSample()
const page = (change: Partial<DrillResult> = {}) => renderDrillHtml(drillSample(change), assets)
/** What a reader reads: without markup, with single blanks. */
const text = (html: string) =>
  html
    .slice(html.indexOf('<body>'), html.indexOf('<script type="application/json"'))
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

describe('the report of a drill', () => {
  test('says what it shows, the verdict, and how to run it again', () => {
    const read = text(page())

    for (const said of [sample.shows, 'Pass', sample.verdictReason, sample.command])
      expect(read).toContain(said)
    expect(read).toContain('One host')
  })

  test('shows lost writes over acknowledged ones, and what became of each unknown outcome', () => {
    const read = text(page())

    expect(read).toContain('0 of 2,063')
    expect(read).toMatch(/unknown, then found applied 3/)
    expect(read).toMatch(/unknown, then applied 2/)
    expect(read).toMatch(/unknown, not applied 1/)
  })

  test('tells the chain from the fault to the first OK in the order of time', () => {
    const html = page()
    const events = [...html.matchAll(/data-label="Event">([^<]+)</g)].map((match) => match[1])

    expect(events).toEqual(['fault', 'detect', 'seal', 'open', 'publish', 'first OK'])
    expect(text(html)).toContain('Without an OK for 195 ms')
  })

  test('states that no node served an old epoch, and takes it back when one did', () => {
    expect(text(page())).toContain('No node served an old epoch')
    const stale = text(page({ staleAnswers: 3 }))
    expect(stale).not.toContain('No node served an old epoch')
    expect(stale).toContain('3 answers came from an epoch that was over')
    expect(text(page({ epochs: [{ epoch: 1, servers: [1, 12], acknowledged: 4 }] }))).toContain(
      'an epoch had more than one server',
    )
  })

  test('shows extras of the old master, a checksum per node, and the proof that faults took effect', () => {
    const read = text(page())

    expect(read).toMatch(/db-1 1 0-1-364 2 0 0-1-365 0-1-366/)
    expect(read).toMatch(/db-3 shadow 0-12-9 yes 53 f351/)
    expect(read).toContain('SIGKILL to process 12, which ended')
  })

  test('marks a node whose rows differ, and an extra that was told OK', () => {
    const [master, other] = sample.nodes
    const html = page({
      nodes: [master!, { ...other!, checksum: 'dead' }],
      extras: [{ ...sample.extras[0]!, acknowledgedAndGone: 2 }],
    })

    expect(html).toContain('class="bad"><code>dead</code>')
    expect(html).toMatch(/class="number bad"[^>]*>2</)
  })

  test('of many changes shows the distribution, and takes the longest apart', () => {
    const changes = [100, 300, 200].map((gapMs, index) => ({
      ...sample.changes[0]!,
      toEpoch: index + 2,
      newMaster: `db-${index + 2}`,
      gapMs,
    }))

    const read = text(page({ changes }))

    expect(read).toMatch(/3 changes: shortest 100 ms median 200 ms p95 300 ms longest 300 ms/)
    expect(read).toContain('The longest: db-1 to db-3, epoch 3')
  })

  test('of a drill that was stopped early claims nothing', () => {
    const nothing = {
      load: null,
      ledger: null,
      faults: [],
      changes: [],
      extras: [],
      epochs: [],
      nodes: [],
      checks: [],
    }

    const read = text(
      page({ ...nothing, verdict: 'unknown', staleAnswers: null, longestGap: null, roles: [] }),
    )

    expect(read).toContain('No clients were at work')
    expect(read).toContain('so nothing is claimed')
    expect(read).toContain('Nothing was broken')
  })

  test('explains a negative control', () => {
    expect(text(page({ kind: 'negative-control' }))).toContain('A negative control')
  })

  test('shows what came from servers as text, never as markup', () => {
    const html = page({ verdictReason: '<img src=x onerror=alert(1)>' })

    expect(html).not.toContain('<img src=x')
    expect(html).toContain('&lt;img src=x')
  })
})

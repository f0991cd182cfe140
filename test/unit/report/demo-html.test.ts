import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { DemoResult } from '../../../src/model/demo-result.js'
import { renderDemoHtml } from '../../../src/report/demo-html.js'
import type { TimeChart } from '../../../src/report/time-chart.js'
import { assets } from './assets.js'

const fixture = (name: string): DemoResult =>
  JSON.parse(readFileSync(new URL(`../../../fixtures/results/${name}.json`, import.meta.url), 'utf8'))

const passed = fixture('demo-pass')
const failed = fixture('demo-fail')
const section = (page: string, id: string) =>
  page.match(new RegExp(`<section id="${id}">[\\s\\S]*?</section>`))?.[0] ?? ''

describe('the page', () => {
  const page = renderDemoHtml(passed, assets)

  test('needs nothing from anywhere else', () => {
    const markup = page.replaceAll(/<script>[\s\S]*?<\/script>/g, '')

    expect(markup).not.toMatch(/(src|href)=/)
    expect(markup).not.toMatch(/@import|url\(/)
  })

  test('allows exactly its own style and script, by hash', () => {
    const inline = (tag: string) => page.match(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`))?.[1] ?? ''
    const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
    const policy = page.match(/http-equiv="Content-Security-Policy" content="([^"]*)"/)?.[1]

    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hash(inline('script'))}`)
    expect(policy).toContain(`style-src ${hash(inline('style'))}`)
    expect(page).not.toContain(' style="')
    expect(page).not.toMatch(/ on[a-z]+="/)
  })

  test('is the same bytes for the same result', () => {
    expect(renderDemoHtml(passed, assets)).toBe(page)
  })
})

test('no text of a result becomes markup, wherever it stands', () => {
  const hostile = '</script><script>alert(1)</script><img src=x onerror=alert(1)>"\'&'
  const enumerated = new Set(['verdict', 'state', 'schema', 'loop', 'code', 'valid'])
  const planted = plant({ ...failed, figures: passed.figures }, hostile, enumerated)

  const page = renderDemoHtml(planted, assets)

  expect(page).not.toContain('<img')
  expect(page.match(/<script/g)).toHaveLength(2)
  expect(page.match(/<\/script/g)).toHaveLength(2)
})

describe('what a reader finds', () => {
  test('the verdict as a word, with its reason', () => {
    expect(renderDemoHtml(passed, assets)).toContain('<h1>Pass</h1>')
    expect(renderDemoHtml(failed, assets)).toContain('<h1>Fail</h1>')
    expect(renderDemoHtml({ ...passed, verdict: 'unknown', verdictReason: 'Stopped.' }, assets)).toContain(
      '<h1>Unknown</h1><p>Stopped.</p>',
    )
  })

  test('what is needed to run it again', () => {
    const text = section(renderDemoHtml(passed, assets), 'reproduce')

    for (const fact of [passed.command, String(passed.seed), passed.startedAt, passed.profile]) {
      expect(text).toContain(fact)
    }
    for (const version of [passed.corelab, passed.host.mariadb, passed.host.redis, passed.host.rabbitmq]) {
      expect(text).toContain(version)
    }
    expect(text).toContain(passed.host.cpuModel)
  })

  test('a failed step as failed: what, why and what to do', () => {
    const text = section(renderDemoHtml(failed, assets), 'steps')

    expect(text).toContain('<li class="failed" id="step-failover">')
    expect(text).toContain('No write was acknowledged within 1 m 0 s after db-1 was killed')
    expect(text).toContain('the shadow is shorter than another node')
    expect(text).toContain('<code>corelab status</code>')
    expect(text).toContain('<li class="skipped" id="step-figures">')
  })

  test('no figure without loop, connections, durability, data size and errors', () => {
    const text = section(renderDemoHtml(passed, assets), 'figures')

    for (const figure of passed.figures) {
      const row = text.match(
        new RegExp(`<tr>[\\s\\S]*?${figure.name === 'read' ? 'Reads' : 'Writes'}[\\s\\S]*?</tr>`),
      )?.[0]
      expect(row).toContain(`closed loop, ${figure.connections} connections`)
      expect(row).toContain(figure.durability)
      expect(row).toContain('fits in the buffer pool of 256 MiB')
      expect(row).toMatch(/data-label="Errors"[^>]*>0</)
    }
  })

  test('each check with its verdict and its evidence', () => {
    const text = section(renderDemoHtml(failed, assets), 'checks')

    expect(text).toContain('✗ violated')
    expect(text).toContain('? unknown')
    expect(text).toContain('<i>lost on master</i> 3')
  })

  test('the failover as a chain, with what did not happen said so', () => {
    const whole = section(renderDemoHtml(passed, assets), 'failover')
    const broken = section(renderDemoHtml(failed, assets), 'failover')

    expect(whole).toContain('epoch 1 -&gt; 2')
    expect(whole).not.toContain('did not happen')
    expect(broken).toContain('did not happen')
  })

  test('the time without an OK as a shaded window, to the end when there was none any more', () => {
    const bandsOf = (result: DemoResult) => {
      const data = renderDemoHtml(result, assets).match(/id="charts">(.*?)<\/script>/)?.[1] ?? '[]'
      return (JSON.parse(data) as TimeChart[])[0]
    }
    const { lastOkAtMs, firstOkAtMs, killedAtMs } = passed.failover!
    const seconds = (ms: number | null) => (ms! - killedAtMs) / 1000

    expect(bandsOf(passed)?.bands).toMatchObject([{ from: seconds(lastOkAtMs), to: seconds(firstOkAtMs) }])
    const broken = bandsOf({ ...failed, failover: { ...failed.failover!, lastOkAtMs: null } })
    expect(broken?.bands).toMatchObject([{ from: 0, to: broken?.range[1] }])
  })

  test('every role that a node had', () => {
    const text = section(renderDemoHtml(passed, assets), 'failover')

    for (const span of passed.roles) expect(text).toContain(`${span.node}: ${span.role} from`)
  })
})

describe('a partial result', () => {
  const partial: DemoResult = {
    ...passed,
    verdict: 'unknown',
    cancelled: true,
    load: null,
    transfers: null,
    failover: null,
    roles: [],
    checks: [],
    figures: [],
  }

  test('is shown without inventing anything', () => {
    const page = renderDemoHtml(partial, assets)

    expect(page).toContain('No transfers were run.')
    expect(page).toContain('No check was run, so nothing is claimed.')
    expect(page).toContain('Nothing was measured.')
    expect(page).toContain('id="charts">[]</script>')
  })

  test('with a load but no kill has charts from the start of the load', () => {
    const page = renderDemoHtml({ ...passed, failover: null }, assets)

    expect(page).toContain('The master was not killed in this run.')
    expect(page).toContain('"xLabel":"seconds since the start of the load"')
  })
})

/** A copy in which every string (and every key of free-form details) carries the hostile text. */
function plant<T>(value: T, hostile: string, keep: ReadonlySet<string>, key = ''): T {
  if (typeof value === 'string') return (keep.has(key) ? value : value + hostile) as T
  if (Array.isArray(value)) return value.map((each) => plant(each, hostile, keep, key)) as T
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, each]) => [
    key === 'details' ? name + hostile : name,
    plant(each, hostile, keep, name),
  ])
  return Object.fromEntries(entries) as T
}

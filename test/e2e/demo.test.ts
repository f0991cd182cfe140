import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { TourResult } from '../../src/drills/tour/tour-options.js'
import { readHistory } from '../../src/history/read-history.js'
import { corelab, makeFolder } from '../support/corelab.js'
import { tracesOf } from '../support/leaks.js'

let folder: string
let project: string
let before: readonly string[]

beforeEach(async () => {
  folder = await makeFolder('corelab-demo-')
  project = join(folder, 'corelab-demo')
  before = await tracesOf({ dirs: [folder] })
})
afterEach(async () => {
  await corelab(['down', '--volumes', '--yes', '-C', project], { cwd: folder })
  await rm(folder, { recursive: true, force: true })
})

const small = ['demo', '--users', '2000', '--profile', 'tiny']
const stepIds = ['project', 'core', 'population', 'transfers', 'failover', 'checks', 'figures', 'report']

describe('the whole tour', () => {
  test('ends with a verdict that its checks bear out, a report, and a running core that goes without a trace', async () => {
    const finished = await corelab([...small, '--json'], { cwd: folder })

    expect(finished.code, finished.stdout + finished.stderr).toBe(0)
    const result: TourResult = JSON.parse(finished.stdout).data
    expect(result.verdict).toBe('pass')
    expect(result.steps.map(({ id, state }) => `${id} ${state}`)).toEqual(stepIds.map((id) => `${id} done`))
    expectEvidence(result)
    await expectReport(result)

    const again = await corelab([...small, '--json', '--no-keep'], { cwd: folder })
    expectSecondTour(again)

    const down = await corelab(['down', '--volumes', '--yes'], { cwd: project })
    expect(down.code, down.stdout + down.stderr).toBe(0)
    await rm(project, { recursive: true })
    expect(await tracesOf({ dirs: [folder] })).toEqual(before)
  }, 360_000)
})

function expectEvidence({ checks, failover, transfers, figures, roles, load }: TourResult): void {
  expect(checks.map(({ name, valid }) => [name, valid])).toEqual([
    ['acknowledged writes', true],
    ['idempotency', true],
    ['conservation of money', true],
    ['convergence', true],
  ])
  expect(load).toMatchObject({ customers: 2000 })
  expect(failover).toMatchObject({
    killedNode: 'db-1',
    newMaster: 'db-2',
    epochBefore: 1,
    epochAfter: 2,
    detectedAfterMs: expect.any(Number),
    promotedAfterMs: expect.any(Number),
    publishedAfterMs: expect.any(Number),
    writeGapMs: expect.any(Number),
  })
  expect(transfers?.points.length).toBeGreaterThan(10)
  expect(transfers?.durability).toContain('AFTER_SYNC')
  expect(figures.map(({ name, errors }) => [name, errors])).toEqual([
    ['read', 0],
    ['write', 0],
  ])
  const parts = roles.filter(({ node }) => node === 'db-1').map(({ role }) => role)
  expect(parts.slice(0, 3)).toEqual(['master', 'down', 'quarantined'])
  // It comes back by itself, behind everybody else.
  expect(parts.at(-1)).toBe('slave-2')
}

async function expectReport(result: TourResult): Promise<void> {
  const dir = result.reportDir ?? ''
  const written: TourResult = JSON.parse(await readFile(join(dir, 'result.json'), 'utf8'))
  expect(written).toMatchObject({ schema: 'corelab/demo@1', verdict: 'pass', checks: result.checks })
  expect(await readFile(join(dir, 'report.html'), 'utf8')).toContain('<h1>Pass</h1>')
  expect(join(dir, '..', await readlink(join(dir, '..', 'latest')))).toBe(dir)

  let acknowledged = 0
  let kills = 0
  for await (const event of readHistory(join(dir, 'history.jsonl'))) {
    if (event.type === 'ok' && (event.value as { replayed?: boolean }).replayed === false) acknowledged++
    if (event.process === 'nemesis') kills++
  }
  expect(acknowledged).toBe(result.transfers?.acknowledged)
  expect(kills).toBe(1)
}

/** The same folder again: the old master has come back, the customers are still there, another node is killed. */
function expectSecondTour(finished: Awaited<ReturnType<typeof corelab>>): void {
  expect(finished.code, finished.stdout + finished.stderr).toBe(0)
  const second: TourResult = JSON.parse(finished.stdout).data
  expect(second.load).toMatchObject({ customers: 2000, rows: 0 })
  expect(second.failover).toMatchObject({ killedNode: 'db-2', newMaster: 'db-3' })
  expect(second.checks[0]).toMatchObject({ valid: true })
  expect(second.running).toBe(false)
}

describe('Ctrl+C', () => {
  test('under load ends the load, stops the core, keeps what was seen, and exits 130', async () => {
    let sent = false

    const stopped = await corelab([...small, '--plain'], {
      cwd: folder,
      onOutput: (soFar, child) => {
        if (sent || !/Run transfers.*\d+ transfers/.test(soFar)) return
        sent = true
        child.kill('SIGINT')
      },
    })

    expect(stopped.code, stopped.stdout + stopped.stderr).toBe(130)
    expect(await tracesOf({ dirs: [folder] })).toEqual([...before, `entry ${project}`])
    const reports = join(project, '.corelab', 'default', 'reports', 'demo', 'latest')
    expect(await readdir(reports)).toEqual(['history.jsonl', 'report.html', 'result.json'])
    const result: TourResult = JSON.parse(await readFile(join(reports, 'result.json'), 'utf8'))
    expect(result).toMatchObject({ verdict: 'unknown', cancelled: true, failover: null, checks: [] })
    expect(result.transfers?.acknowledged).toBeGreaterThan(0)
  }, 120_000)
})

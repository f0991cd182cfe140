import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readHistory } from '../../src/history/read-history.js'
import type { CheckVerdict } from '../../src/model/demo-result.js'
import type { DrillResult } from '../../src/model/drill-result.js'
import { corelab, type Finished, makeFolder } from '../support/corelab.js'
import { tracesOf } from '../support/leaks.js'

let folder: string
let report: string
let before: readonly string[]

beforeEach(async () => {
  folder = await makeFolder('corelab-drills-')
  report = join(folder, 'report')
  before = await tracesOf({ dirs: [folder] })
})
afterEach(async () => {
  await corelab(['down', '-e', 'drill', '--volumes', '--yes', '-C', join(folder, 'corelab-drills')], {
    cwd: folder,
  })
  await rm(folder, { recursive: true, force: true })
})

const drill = (name: string) => ['drills', 'run', name, '--quick', '--report', 'report', '--json']

function resultOf({ stdout, stderr }: Finished): DrillResult {
  const answer = JSON.parse(stdout)
  expect(answer.error ?? null, `${stdout}${stderr}`).toBeNull()
  return answer.data.drills[0]
}

/** What is left of environments in the drills' project. */
async function stateOf(folder: string): Promise<readonly string[]> {
  const entries = await readdir(join(folder, 'corelab-drills', '.corelab'))
  return entries.filter((name) => name !== '.gitignore' && name !== 'scaffold.json')
}

const verdictOf = (result: DrillResult, name: string): CheckVerdict['valid'] | undefined =>
  result.checks.find((check) => check.name === name)?.valid

describe('kill-master', () => {
  test('passes on real servers with evidence, and leaves nothing but its project and its report', async () => {
    const finished = await corelab(drill('kill-master'), { cwd: folder })

    const result = resultOf(finished)
    expect(finished.code, result.verdictReason).toBe(0)
    expect(result).toMatchObject({ id: 'D01', verdict: 'pass', staleAnswers: 0 })
    expect(result.ledger).toMatchObject({ lost: 0, duplicated: 0 })
    expect(result.ledger?.acknowledged).toBeGreaterThan(100)
    expect(result.changes).toMatchObject([{ oldMaster: 'db-1', newMaster: 'db-2', fromEpoch: 1 }])
    expect(result.changes[0]?.gapMs).toEqual(expect.any(Number))
    expect(result.faults).toMatchObject([{ title: 'db-1 killed', bit: true }])
    expect(new Set(result.nodes.map(({ checksum }) => checksum)).size).toBe(1)
    expect(result.nodes).toHaveLength(4)
    expect(verdictOf(result, "old masters' extras")).toBe(true)

    await expectReport(result)
    expect(await tracesOf({ dirs: [folder] })).toEqual([
      ...before,
      `entry ${join(folder, 'corelab-drills')}`,
      `entry ${report}`,
    ])
    expect(await stateOf(folder)).toEqual([])
  }, 180_000)
})

async function expectReport(result: DrillResult): Promise<void> {
  const written: DrillResult = JSON.parse(await readFile(join(report, 'result.json'), 'utf8'))
  expect(written).toMatchObject({ schema: 'corelab/drill@1', verdict: 'pass', checks: result.checks })
  expect(await readFile(join(report, 'report.html'), 'utf8')).toContain('<h1>Pass</h1>')
  expect(await readFile(join(report, 'junit.xml'), 'utf8')).toContain('failures="0" errors="0"')
  let acknowledged = 0
  let faults = 0
  for await (const event of readHistory(join(report, 'history.jsonl'))) {
    if (event.process === 'nemesis') faults++
    else if (event.type === 'ok' && (event.value as { replayed?: boolean }).replayed === false) acknowledged++
  }
  // A write that was found applied when it was sent again is acknowledged, too.
  const found = result.ledger?.unknown.foundApplied ?? 0
  expect(acknowledged + found).toBe(result.ledger?.acknowledged)
  expect(faults).toBe(2)
}

describe('a negative control', () => {
  test('finds the acknowledged writes that an unsafe setting loses', async () => {
    const finished = await corelab(drill('fallback-control'), { cwd: folder })

    const result = resultOf(finished)
    expect(finished.code, result.verdictReason).toBe(0)
    expect(result).toMatchObject({ id: 'D25', kind: 'negative-control', verdict: 'pass' })
    expect(result.ledger?.lost).toBeGreaterThan(0)
    expect(verdictOf(result, 'acknowledged appends')).toBe(false)
    expect(verdictOf(result, 'the faults took effect')).toBe(true)
  }, 180_000)
})

describe('Ctrl+C', () => {
  test('in a soak ends it in order, with a report of what was seen, and takes its core away', async () => {
    let sent = false

    const stopped = await corelab(['drills', 'soak', '--seed', '3', '--report', 'report', '--plain'], {
      cwd: folder,
      onOutput: (soFar, child) => {
        if (sent || !/1\. .*writes were acknowledged/.test(soFar)) return
        sent = true
        child.kill('SIGINT')
      },
    })

    expect(stopped.code, stopped.stdout + stopped.stderr).toBe(130)
    const result: DrillResult = JSON.parse(await readFile(join(report, 'result.json'), 'utf8'))
    expect(result.verdict, result.verdictReason).toBe('unknown')
    expect(result).toMatchObject({ name: 'soak', verdict: 'unknown', cancelled: true, ledger: { lost: 0 } })
    expect(result.verdictReason).toMatch(/^Stopped by you before the end\. Until then 0 of [\d,]+ /)
    expect(await stateOf(folder)).toEqual([])
  }, 120_000)
})

describe('the environment of drills', () => {
  test('is never one of the user', async () => {
    const project = join(folder, 'bank')
    await corelab(['init', project, '--yes'], { cwd: folder })
    await corelab(['up', '--profile', 'tiny', '-e', 'mine', '--json'], { cwd: project })
    try {
      const refused = await corelab([...drill('kill-master'), '-e', 'mine'], { cwd: project })

      expect(JSON.parse(refused.stdout).data.drills[0]).toMatchObject({
        verdict: 'unknown',
        steps: [{ state: 'failed', error: { code: 'DRILL_ENV_TAKEN' } }, {}, {}],
      })
      const { stdout } = await corelab(['status', '-e', 'mine', '--json'], { cwd: project })
      expect(JSON.parse(stdout).data.state).toBe('usable')
    } finally {
      await corelab(['down', '-e', 'mine', '--volumes', '--yes'], { cwd: project })
    }
  }, 120_000)
})

import { describe, expect, test } from 'vitest'
import { drillCatalogue, findDrill } from '../../../../src/drills/catalogue/catalogue.js'
import { describeStep } from '../../../../src/drills/nemesis/describe-step.js'
import { flattened } from '../../../../src/drills/run/carry-out.js'
import { soakDrill } from '../../../../src/drills/soak/soak-drill.js'
import type { Drill } from '../../../../src/model/drill.js'

const everyDrill: readonly Drill[] = [...drillCatalogue, soakDrill]

describe('the catalogue', () => {
  test('numbers and names are unique, and in order', () => {
    const ids = drillCatalogue.map(({ id }) => id)

    expect(new Set(ids).size).toBe(ids.length)
    expect(new Set(everyDrill.map(({ name }) => name)).size).toBe(everyDrill.length)
    expect(ids).toEqual([...ids].sort())
  })

  test('is data: every drill survives being written and read', () => {
    expect(JSON.parse(JSON.stringify(everyDrill))).toEqual(everyDrill)
  })

  test('drills are found by name and by number, in any case', () => {
    expect(findDrill('kill-master').id).toBe('D01')
    expect(findDrill('d01').name).toBe('kill-master')
    expect(findDrill('Kill-Master').id).toBe('D01')
  })

  test('a wrong name gets the nearest one', () => {
    expect(() => findDrill('kil-master')).toThrow(/did you mean "kill-master"/)
    expect(() => findDrill('nonsense')).toThrow(/no drill "nonsense"/)
  })
})

describe.each(everyDrill)('$id $name', (drill) => {
  const steps = flattened(drill.schedule)

  test('says what it shows in a sentence, and each step in words', () => {
    expect(drill.shows).toMatch(/^[A-Z].*\.$/)
    for (const step of drill.schedule) expect(describeStep(step)).toMatch(/^\S.*\S$/)
  })

  test('breaks the network only where there is a proxy', () => {
    const breaks = steps.some((step) => step.do === 'network' || step.do === 'connections')

    expect(drill.environment.network || !breaks).toBe(true)
    expect(drill.needs.includes('fault-proxy')).toBe(drill.environment.network)
  })

  test('ends what it begins: sessions, frozen processes, a keeper that holds', () => {
    const names = (what: string) => steps.filter((step) => step.do === what).length
    const kept = steps.flatMap((step) => (step.do === 'session' && step.keep ? [step.name] : []))
    const ended = steps.flatMap((step) => (step.do === 'end-session' ? [step.name] : []))

    expect(ended.sort()).toEqual(kept.sort())
    expect(names('pause-clients')).toBe(names('resume-clients'))
    expect(names('fill-disk')).toBe(names('free-disk'))
    expect(names('use-up-connections')).toBe(names('give-connections-back'))
  })

  test('a negative control names the loss it must show; no other drill does', () => {
    expect(drill.kind === 'negative-control').toBe(drill.expects.loss !== undefined)
  })
})

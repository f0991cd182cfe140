import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { EventBody } from '../../../src/kit/events.js'
import { drawingWidth, liveRows } from '../../../src/ui/live-layout.js'
import { began, ended, modelOf } from './events.js'

const names = ['subsystems', 'db-4', 'redis', 'db-1', 'db-3', 'rabbitmq', 'db-2']
const allReady = names.map((component): EventBody => ({ kind: 'component.state', component, state: 'ready' }))

test('the live region is always lower than the terminal', () => {
  fc.assert(
    fc.property(
      fc.record({
        rows: fc.integer({ min: 4, max: 60 }),
        columns: fc.integer({ min: 0, max: 200 }),
        steps: fc.integer({ min: 0, max: 80 }),
        withComponents: fc.boolean(),
      }),
      ({ rows, columns, steps, withComponents }) => {
        const running = Array.from({ length: steps }, (_, index) => began(`s${index}`, `Step ${index}`))
        const model = modelOf(...running, ...(withComponents ? allReady : []))

        expect(liveRows(model, { rows, columns }).length).toBeLessThan(rows)
      },
    ),
  )
})

test('where room is short, finished sub-steps go first and running steps stay', () => {
  const children = Array.from({ length: 12 }, (_, index) => `up.${index}`)
  const model = modelOf(
    began('up', 'Up'),
    ...children.flatMap((step) => [began(step, step, 'up'), ended(step, 1)]),
    began('up.last', 'The last', 'up'),
    ...allReady,
  )

  const rows = liveRows(model, { rows: 14, columns: 80 })

  const titles = rows.flatMap((row) => (row.kind === 'step' ? [row.step.title] : []))
  expect(titles).toEqual(['Up', 'The last'])
  expect(rows.some((row) => row.kind === 'components')).toBe(true)
})

test('components keep their places: nodes left and in order, the rest right', () => {
  const rows = liveRows(modelOf(...allReady), { rows: 24, columns: 80 })

  const cells = rows.flatMap((row) => (row.kind === 'components' ? [row.cells.map(({ name }) => name)] : []))
  expect(cells).toEqual([['db-1', 'rabbitmq'], ['db-2', 'redis'], ['db-3', 'subsystems'], ['db-4']])
})

test('a narrow terminal gets one component per line', () => {
  const rows = liveRows(modelOf(...allReady), { rows: 24, columns: 60 })

  expect(rows.filter((row) => row.kind === 'components')).toHaveLength(7)
})

test('the width is never below forty, whatever the terminal claims', () => {
  expect(drawingWidth({ columns: 0, rows: 24 })).toBe(40)
  expect(drawingWidth({ columns: 132, rows: 24 })).toBe(132)
})

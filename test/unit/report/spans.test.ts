import { expect, test } from 'vitest'
import { renderSpans } from '../../../src/report/spans.js'

const span = (fromMs: number, toMs: number) => ({ fromMs, toMs, label: 'x', tone: 'role-master', hint: 'h' })

test('a span stands where its time is, in percent of the shown range', () => {
  const { text } = renderSpans([span(150, 175)], [100, 200], 20)

  expect(text).toContain('<svg x="50%" width="25%"')
})

test('a span is cut at the ends of the shown range', () => {
  const { text } = renderSpans([span(0, 1000)], [100, 200], 20)

  expect(text).toContain('<svg x="0%" width="100%"')
})

test('a span outside the shown range is not drawn', () => {
  const { text } = renderSpans([span(0, 100), span(200, 300)], [100, 200], 20)

  expect(text).not.toContain('<rect')
})

test('a span too narrow for its label shows none, and keeps its hint', () => {
  const { text } = renderSpans([span(100, 101)], [100, 200], 20)

  expect(text).not.toContain('>x</text>')
  expect(text).toContain('<title>h</title>')
})

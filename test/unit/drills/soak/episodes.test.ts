import { expect, test } from 'vitest'
import { episodeNames, soakEpisodes } from '../../../../src/drills/soak/episodes.js'

function draw(seed: number, count: number) {
  const choices = soakEpisodes(seed)
  return Array.from({ length: count }, () => choices.next())
}

test('the same seed draws the same episodes, with the same lengths', () => {
  expect(draw(42, 200)).toEqual(draw(42, 200))
})

test('a longer soak begins as a shorter one', () => {
  expect(draw(42, 200).slice(0, 20)).toEqual(draw(42, 20))
})

test('other seeds draw others', () => {
  expect(draw(42, 20)).not.toEqual(draw(43, 20))
})

test('every kind of episode comes', () => {
  const drawn = new Set(draw(1, 1000).map(({ name }) => name))

  expect([...drawn].sort()).toEqual([...episodeNames].sort())
})

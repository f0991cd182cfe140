import { expect, test } from 'vitest'
import { renderSubsystemsPage } from '../../scripts/docs/subsystems-page.mjs'
import * as catalogue from '../../src/model/catalogue.js'
import * as exclusions from '../../src/model/catalogue-exclusions.js'
import * as kinds from '../../src/model/entity-kinds.js'
import { readRepositoryFile } from '../helpers/repository.js'

const page = renderSubsystemsPage({ catalogue, kinds, exclusions })

test('docs/subsystems.md is what `npm run docs` writes from the catalogue', () => {
  expect(readRepositoryFile('docs/subsystems.md')).toBe(page)
})

test('every link of the overview leads to its section', () => {
  const links = [...page.matchAll(/\]\(#([^)]+)\)/g)].map(([, anchor]) => anchor)
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^a-z0-9 -]/g, '')
      .replaceAll(' ', '-'),
  )

  expect(links).toHaveLength(21)
  expect(anchors).toEqual(expect.arrayContaining(links))
})

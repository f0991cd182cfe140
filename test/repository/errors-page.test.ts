import { expect, test } from 'vitest'
import { renderErrorsPage } from '../../scripts/docs/errors-page.mjs'
import { errorCatalogue } from '../../src/kit/error-catalogue.js'
import { corelabError } from '../../src/kit/errors.js'
import { readRepositoryFile } from '../helpers/repository.js'

test('docs/errors.md is what `npm run docs` writes from the catalogue', () => {
  expect(readRepositoryFile('docs/errors.md')).toBe(renderErrorsPage(errorCatalogue))
})

test('the link that an error shows leads to its section', () => {
  const { docs } = corelabError('PORT_IN_USE', { message: 'port 1 is in use' }).shape

  const [page = '', anchor] = docs.split('#')
  const anchors = [...readRepositoryFile(page).matchAll(/^## (\S+)$/gm)].map(([, code]) =>
    code?.toLowerCase(),
  )
  expect(anchors).toContain(anchor)
})

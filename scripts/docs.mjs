// `npm run docs`: writes docs/errors.md from the catalogue of errors. A test keeps the two equal.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { renderErrorsPage } = await import('./docs/errors-page.mjs')
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { inRepository } = await import('./setup/repository.mjs')
const { runScript } = await import('./setup/script.mjs')

await runScript(async () => {
  await ensureNpmPackages()
  await ensureCompiledSources()
  const catalogue = pathToFileURL(inRepository('dist', 'kit', 'error-catalogue.js')).href
  const { errorCatalogue } = await import(catalogue)
  writeFileSync(inRepository('docs', 'errors.md'), renderErrorsPage(errorCatalogue))
})

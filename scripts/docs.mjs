// `npm run docs`: writes docs/errors.md from the catalogue of errors, and docs/subsystems.md from that of the
// subsystems. Tests keep the pages equal to their sources.
import { writeFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { requireNode } from './setup/node-version.mjs'

requireNode()
const { renderErrorsPage } = await import('./docs/errors-page.mjs')
const { renderSubsystemsPage } = await import('./docs/subsystems-page.mjs')
const { ensureCompiledSources } = await import('./setup/compiled-sources.mjs')
const { ensureNpmPackages } = await import('./setup/npm-packages.mjs')
const { inRepository } = await import('./setup/repository.mjs')
const { runScript } = await import('./setup/script.mjs')

await runScript(async () => {
  await ensureNpmPackages()
  await ensureCompiledSources()
  const { errorCatalogue } = await compiled('kit', 'error-catalogue.js')
  writeFileSync(inRepository('docs', 'errors.md'), renderErrorsPage(errorCatalogue))
  const subsystemsPage = renderSubsystemsPage({
    catalogue: await compiled('model', 'catalogue.js'),
    kinds: await compiled('model', 'entity-kinds.js'),
    exclusions: await compiled('model', 'catalogue-exclusions.js'),
  })
  writeFileSync(inRepository('docs', 'subsystems.md'), subsystemsPage)
})

/** @param {string[]} path */
async function compiled(...path) {
  return await import(pathToFileURL(inRepository('dist', ...path)).href)
}

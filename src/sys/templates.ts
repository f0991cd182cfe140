import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Eta } from 'eta'

const templatesDir = fileURLToPath(new URL('../../templates/', import.meta.url))

/** The path of a file of this package's `templates/` folder. */
export function templatePath(name: string): string {
  return `${templatesDir}${name}`
}

/** Renders a template of `templates/`, e.g. `mysql/mariadb.cnf.eta`; `values` is `it` inside. */
export function renderTemplate(name: string, values: object): string {
  return engine.renderString(readFileSync(templatePath(name), 'utf8'), values)
}

// Configuration text is not HTML: nothing is escaped. Lines that hold only a tag leave no empty line.
const engine = new Eta({ autoEscape: false, autoTrim: false, cache: false })

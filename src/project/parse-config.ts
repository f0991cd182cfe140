import type { Document, YAMLError } from 'yaml'
import { LineCounter, parseDocument } from 'yaml'
import type { ProjectConfig } from '../model/project-config.js'
import type { ProjectFile } from '../model/project-schema.js'
import { withDefaults } from './config-defaults.js'
import type { ConfigProblem } from './config-problem.js'
import { configInvalid } from './config-problem.js'
import { inventoryProblems } from './inventory.js'
import { schemaProblems } from './schema-problems.js'
import { yamlLineOf } from './yaml-line.js'

/**
 * The text of a `corelab.yaml` as a configuration with every default filled in. `file` is only named in errors.
 * Throws CONFIG_INVALID with all problems: path, line, the value found, what is allowed, and the nearest word.
 */
export function parseConfig(text: string, file: string): ProjectConfig {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const syntax = [...document.errors, ...document.warnings].map((each) => syntaxProblem(each, text, lines))
  if (syntax.length > 0) throw configInvalid(file, syntax)
  if (document.contents === null) throw configInvalid(file, [{ line: 1, text: emptyText }])
  const value = resolvedValue(document, file)
  const problems = [...schemaProblems(value)]
  // Only of what has the right form more can be said.
  if (problems.length === 0) problems.push(...inventoryProblems((value as ProjectFile).targets ?? {}))
  if (problems.length > 0) {
    throw configInvalid(
      file,
      problems.map(({ path, text }) => ({ line: yamlLineOf(path, document, lines), text })),
    )
  }
  return withDefaults(value as ProjectFile)
}

const emptyText = 'the file is empty; the shortest valid one is "name: my-bank"'

/** Aliases are resolved here; what expands beyond the parser's limit is refused by it. */
function resolvedValue(document: Document.Parsed, file: string): unknown {
  try {
    return document.toJS()
  } catch (thrown) {
    if (!(thrown instanceof ReferenceError)) throw thrown
    throw configInvalid(file, [{ line: 1, text: thrown.message }])
  }
}

function syntaxProblem(error: YAMLError, text: string, lines: LineCounter): ConfigProblem {
  const { line } = lines.linePos(error.pos[0])
  const key = /^[^\n:]*/.exec(text.slice(error.pos[0]))?.[0].trim() ?? ''
  return { line, text: syntaxText(error, key) }
}

function syntaxText(error: YAMLError, key: string): string {
  switch (error.code) {
    case 'TAB_AS_INDENT':
      return 'a tab indents this line; YAML allows only spaces there'
    case 'DUPLICATE_KEY':
      return `${key} is given twice; keep one of them`
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---); one file holds one document'
    default:
      return error.message
  }
}

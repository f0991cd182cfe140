import { basename } from 'node:path'
import { corelabError } from '../kit/errors.js'
import { projectSchema } from '../model/project-schema.js'

const { pattern, patternErrorMessage } = projectSchema.properties.name
const nameLettersMax = 40
const fallbackName = 'my-bank'

/** Returns the name when it may stand in corelab.yaml. Throws USAGE with the rule when not. */
export function checkedProjectName(name: string): string {
  if (new RegExp(pattern).test(name)) return name
  const guess = plainName(name)
  throw corelabError('USAGE', {
    message: `The project name ${JSON.stringify(name)} is not allowed`,
    detail: `Allowed: ${patternErrorMessage}.`,
    fix: guess === null ? [] : [`corelab init --name ${guess}`],
  })
}

/** A name for the project in a folder: the folder's own name in plain letters, or `my-bank` when none are left. */
export function projectNameOf(dir: string): string {
  return plainName(basename(dir)) ?? fallbackName
}

function plainName(text: string): string | null {
  const plain = text
    .normalize('NFKD')
    .replace(/\p{Diacritic}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, nameLettersMax)
    .replace(/-+$/, '')
  return plain === '' ? null : plain
}

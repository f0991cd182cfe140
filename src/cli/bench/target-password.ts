import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { corelabError, reasonOf } from '../../kit/errors.js'
import type { PasswordPlace } from './chosen-target.js'

/** Where the password of an address comes from when it has none. */
const addressVariable = 'CORELAB_TARGET_PASSWORD'

/** In words, for a rehearsal: never the password. */
export function placeOfPassword(place: PasswordPlace): string {
  switch (place?.kind) {
    case 'variable':
      return `from ${place.name}`
    case 'file':
      return `from the file ${place.path}`
    case 'address':
      return `from the address, or from ${addressVariable}`
    default:
      return 'none'
  }
}

/** Throws TARGET_PASSWORD. */
export async function readPassword(
  place: PasswordPlace,
  facts: { readonly server: string; readonly projectDir: string | null },
): Promise<string> {
  switch (place?.kind) {
    case 'variable':
      return ofVariable(place.name, facts.server)
    case 'file':
      return ofFile(resolve(facts.projectDir ?? '.', place.path), facts.server)
    case 'address':
      return place.text ?? process.env[addressVariable] ?? ''
    default:
      return ''
  }
}

function ofVariable(name: string, server: string): string {
  const value = process.env[name]
  if (value !== undefined && value !== '') return value
  throw corelabError('TARGET_PASSWORD', {
    message: `The environment variable ${name}, which holds the password of ${server}, is not set`,
    fix: [`read -rs ${name} && export ${name}   (asks for it, and shows nothing)`],
  })
}

/** Everybody else's rights on a file. */
const rightsOfOthers = 0o077

async function ofFile(path: string, server: string): Promise<string> {
  const refuse = (message: string, fix: readonly string[]) =>
    corelabError('TARGET_PASSWORD', { message, detail: `It holds the password of ${server}.`, fix })
  try {
    const facts = await stat(path)
    if (!facts.isFile()) throw refuse(`${path} is not a file`, [])
    if ((facts.mode & rightsOfOthers) !== 0)
      throw refuse(`${path} can be read by others`, [`chmod 600 ${path}`])
    const text = (await readFile(path, 'utf8')).replace(/\r?\n$/, '')
    if (text === '' || text.includes('\n')) throw refuse(`${path} is not one line with a password`, [])
    return text
  } catch (error) {
    if (error instanceof Error && 'errno' in error) throw refuse(`${path}: ${reasonOf(error)}`, [])
    throw error
  }
}

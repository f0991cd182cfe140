import { basename, relative, sep } from 'node:path'
import { shellQuoted } from './shell-quoted.js'

/**
 * How this user calls corelab, so that suggested commands can be pasted: by name when it was found in PATH, through
 * npx when a project brought it, by path in a clone.
 */
export function programName(facts: { readonly script: string; readonly cwd: string }): string {
  const { script, cwd } = facts
  if (basename(script) === 'corelab') {
    return script.includes(`${sep}node_modules${sep}.bin${sep}`) ? 'npx corelab' : 'corelab'
  }
  const fromHere = relative(cwd, script)
  return `node ${shellQuoted(fromHere.startsWith('..') ? script : fromHere)}`
}

/** Rewrites a suggestion that begins with `corelab` for the user at hand. */
export function asTyped(suggestion: string, program: string): string {
  return suggestion.replace(/^corelab(?= )/, program)
}

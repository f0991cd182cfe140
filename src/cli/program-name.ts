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

/** How the user at hand calls corelab. */
export interface Caller {
  /** {@link programName} */
  readonly program: string
  /** The folder that `--project` named; null when the user stands in the project, or a variable names it. */
  readonly project: string | null
}

/** Rewrites a suggestion that begins with `corelab` so that it works from where the user stands: `  (a remark)` stays behind. */
export function asTyped(suggestion: string, { program, project }: Caller): string {
  const [, words, remark = ''] = /^corelab( .*?)(\s{2,}\(.*)?$/.exec(suggestion) ?? []
  if (words === undefined) return suggestion
  const place = project === null || / (-C|--project)\b/.test(words) ? '' : ` -C ${shellQuoted(project)}`
  return `${program}${words}${place}${remark}`
}

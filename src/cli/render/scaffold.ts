import { relative } from 'node:path'
import type { ScaffoldOutcome } from '../../project/scaffold.js'
import type { PlannedFile, ScaffoldPlan } from '../../project/scaffold-plan.js'
import { shellQuoted } from '../shell-quoted.js'
import type { Screen } from '../terminal.js'
import { nextStepLines } from './next-steps.js'

/** After `init`: what was chosen, what happened to the files, what to do now. */
export function scaffoldLines(
  outcome: ScaffoldOutcome,
  choices: { readonly cwd: string; readonly profile: string | null },
  screen: Screen,
): string[] {
  const { files, name, dir } = outcome
  const { paint } = screen
  const here = relative(choices.cwd, dir)
  const kept = files['keep-edited']
  return [
    `Project ${paint.strong(name)} in ${dir}`,
    `  profile   ${choices.profile ?? '?'}   (in corelab.yaml: change it whenever you like)`,
    `  files     ${countsOf(files)}`,
    ...overwrittenLines(files.overwrite, paint.caution),
    ...(kept.length === 0
      ? []
      : [`  kept      ${kept.join(', ')}`, '            edited by you; --force overwrites']),
    '',
    ...nextStepLines(nextSteps(here, screen.program), {
      env: 'default',
      screen: { ...screen, project: null },
    }),
  ]
}

/** Whoever calls us by a path cannot change the folder first. */
function nextSteps(here: string, program: string): string[] {
  if (here === '') return ['corelab doctor', 'corelab up']
  const folder = shellQuoted(here)
  return program.startsWith('node ')
    ? [`corelab doctor -C ${folder}`, `corelab up -C ${folder}`]
    : [`cd ${folder}`, 'corelab doctor', 'corelab up']
}

/** `init --dry-run`: the tree, with what would happen to each file. */
export function scaffoldPlanLines(plan: ScaffoldPlan, screen: Screen): string[] {
  return [
    `Project ${screen.paint.strong(plan.name)} in ${plan.dir}. Nothing was written.`,
    '',
    ...treeLines(plan.files, screen),
  ]
}

function treeLines(files: readonly PlannedFile[], { paint }: Screen): string[] {
  const sorted = [...files].sort((a, b) => a.path.localeCompare(b.path))
  let open: readonly string[] = []
  return sorted.flatMap((file) => {
    const folders = file.path.split('/').slice(0, -1)
    const shared = folders.findIndex((folder, depth) => open[depth] !== folder)
    const fresh = shared === -1 ? [] : folders.slice(shared)
    const firstDepth = folders.length - fresh.length
    open = folders
    return [
      ...fresh.map((folder, index) => `${'  '.repeat(firstDepth + index + 1)}${folder}/`),
      `${'  '.repeat(folders.length + 1)}${file.path.split('/').at(-1)}${remark(file, paint.faint, paint.caution)}`,
    ]
  })
}

function remark(
  { action }: PlannedFile,
  faint: (text: string) => string,
  caution: (text: string) => string,
): string {
  switch (action) {
    case 'create':
      return ''
    case 'unchanged':
      return faint('   (unchanged)')
    case 'upgrade':
      return faint('   (would be updated)')
    case 'keep-edited':
      return caution('   (edited by you: would be kept)')
    case 'overwrite':
      return caution('   (edited by you: would be OVERWRITTEN)')
  }
}

function countsOf(files: ScaffoldOutcome['files']): string {
  const counts = [
    [files.create.length, 'created'],
    [files.upgrade.length, 'updated'],
    [files.overwrite.length, 'overwritten'],
    [files.unchanged.length, 'unchanged'],
    [files['keep-edited'].length, 'kept as edited'],
  ] as const
  return counts
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${count} ${what}`)
    .join(', ')
}

function overwrittenLines(paths: readonly string[], caution: (text: string) => string): string[] {
  return paths.length === 0 ? [] : [`  ${caution('replaced')}  ${paths.join(', ')}`]
}

import type { Context } from '../kit/context.js'
import { CorelabError } from '../kit/errors.js'
import type { ProfileName } from '../model/profile.js'
import { findProject } from '../project/find-project.js'
import type { ScaffoldOptions } from '../project/scaffold.js'
import { executeScaffold, planScaffold } from '../project/scaffold.js'
import type { ScaffoldPlan } from '../project/scaffold-plan.js'
import type { Answer } from './answer.js'
import { scaffoldLines, scaffoldPlanLines } from './render/scaffold.js'

/** Writes a project, or tells what would be written. */
export async function initProject(
  options: ScaffoldOptions & { readonly dryRun: boolean; readonly cwd: string },
  context: Context,
): Promise<Answer> {
  const plan = await planScaffold(options)
  if (options.dryRun) {
    return { data: { plan: withoutTexts(plan) }, lines: (screen) => scaffoldPlanLines(plan, screen) }
  }
  const outcome = await executeScaffold(plan, context)
  const profile = await profileOf(outcome.dir, context)
  return {
    data: { ...outcome, profile },
    lines: (screen) => scaffoldLines(outcome, { cwd: options.cwd, profile }, screen),
  }
}

/** A kept corelab.yaml may say anything, also something wrong; that is worth a word, and no reason to fail. */
async function profileOf(dir: string, context: Context): Promise<ProfileName | null> {
  try {
    const { config } = await findProject({ fromDir: dir })
    return config.profile
  } catch (thrown) {
    if (!(thrown instanceof CorelabError)) throw thrown
    context.emit({ kind: 'warning', code: thrown.code, message: thrown.message })
    return null
  }
}

function withoutTexts({ dir, name, files }: ScaffoldPlan) {
  return { dir, name, files: files.map(({ path, action, bytes }) => ({ path, action, bytes })) }
}

import { dirname, isAbsolute, join } from 'node:path'
import { assert } from '../kit/assert.js'
import type { Context } from '../kit/context.js'
import { CorelabError, cancelled, corelabError } from '../kit/errors.js'
import { asStep } from '../kit/events.js'
import type { ProfileName } from '../model/profile.js'
import { projectLayout } from '../model/project-layout.js'
import { projectSchema } from '../model/project-schema.js'
import { ensureDir, writeFileAtomic } from '../sys/files.js'
import { loadConfig } from './load-config.js'
import type { ProjectChoices } from './project-files.js'
import { projectFiles } from './project-files.js'
import { checkedProjectName, projectNameOf } from './project-name.js'
import { checkFolder, findFiles, hashOnDisk, readManifest } from './scaffold-disk.js'
import type { PlannedFile, ScaffoldAction, ScaffoldManifest, ScaffoldPlan } from './scaffold-plan.js'
import { decideScaffold, isWrite, manifestAfter, manifestBefore } from './scaffold-plan.js'

export interface ScaffoldOptions {
  /** Absolute; made when it is not there. */
  readonly dir: string
  /** Default: what corelab.yaml says already, else the folder's name in plain letters. */
  readonly name?: string | undefined
  readonly profile?: ProfileName | undefined
  /** Overwrite edited files too. */
  readonly force: boolean
}

export interface ScaffoldOutcome {
  readonly dir: string
  readonly name: string
  /** The paths by what was done with them. */
  readonly files: Readonly<Record<ScaffoldAction, readonly string[]>>
}

/**
 * What `corelab init` would do with a folder. Reads it, changes nothing. Throws USAGE (the name), INIT_CONFLICT
 * (something in the way of a file or folder), PERMISSION_DENIED.
 */
export async function planScaffold(options: ScaffoldOptions): Promise<ScaffoldPlan> {
  const { dir, force } = options
  assert(isAbsolute(dir), `the project folder ${dir} must be absolute`)
  await checkFolder(dir)
  const choices = await choicesFor(options)
  const files = projectFiles(choices)
  const manifest = await readManifest(dir)
  const paths = [...files.map((each) => each.path), projectLayout.stateIgnore, projectLayout.scaffoldManifest]
  const found = await findFiles(dir, paths)
  return {
    schema: 'corelab/scaffold-plan@1',
    dir,
    name: choices.name,
    files: decideScaffold({ files, found, manifest, force }),
    manifest,
  }
}

/** A second run must not change what the first one, or its user, chose: corelab.yaml speaks before the defaults. */
async function choicesFor({ dir, name, profile }: ScaffoldOptions): Promise<ProjectChoices> {
  const checkedName = name === undefined ? undefined : checkedProjectName(name)
  const present = await presentChoices(dir)
  const { properties } = projectSchema
  return {
    name: checkedName ?? present?.name ?? projectNameOf(dir),
    profile: profile ?? present?.profile ?? properties.profile.default,
    seed: present?.seed ?? properties.seed.default,
  }
}

/** null when there is no corelab.yaml, or none that is valid: then it was edited, and stays as it is. */
async function presentChoices(dir: string): Promise<ProjectChoices | null> {
  try {
    return await loadConfig(join(dir, projectLayout.config))
  } catch (thrown) {
    const code = thrown instanceof CorelabError ? thrown.code : null
    if (code === 'PROJECT_NOT_FOUND' || code === 'CONFIG_INVALID') return null
    throw thrown
  }
}

/**
 * Writes what the plan says, each file atomically. May be interrupted anywhere and run again. Throws
 * PERMISSION_DENIED, DISK_TOO_SMALL, CANCELLED, and INIT_CONFLICT when a file changed after the plan was made.
 */
export async function executeScaffold(plan: ScaffoldPlan, context: Context): Promise<ScaffoldOutcome> {
  const step = { step: 'scaffold', title: `Write the project ${plan.name}` }
  return await asStep(context.emit, step, context.clock, () => write(plan, context), summaryOf)
}

async function write(plan: ScaffoldPlan, context: Context): Promise<ScaffoldOutcome> {
  const todo = plan.files.filter((each) => isWrite(each.action))
  if (todo.length > 0) {
    // First the intent: after a crash both the old and the new text of a file are recognised as ours.
    await writeManifest(plan.dir, manifestBefore(plan))
    for (const [index, file] of todo.entries()) {
      if (context.signal.aborted) throw cancelled()
      await writePlanned(plan.dir, file)
      const done = index + 1
      context.emit({ kind: 'step.progress', step: 'scaffold', done, total: todo.length, unit: 'files' })
    }
  }
  const manifest = manifestAfter(plan)
  const isKnown = todo.length === 0 && JSON.stringify(manifest) === JSON.stringify(plan.manifest)
  if (!isKnown) await writeManifest(plan.dir, manifest)
  return outcomeOf(plan)
}

async function writePlanned(dir: string, file: PlannedFile): Promise<void> {
  const path = join(dir, file.path)
  if ((await hashOnDisk(path)) !== file.foundHash) {
    const facts = { message: `${path} changed while the project was being written`, fix: ['corelab init'] }
    throw corelabError('INIT_CONFLICT', facts)
  }
  await ensureDir(dirname(path))
  await writeFileAtomic(path, file.text)
}

async function writeManifest(dir: string, manifest: ScaffoldManifest): Promise<void> {
  await ensureDir(join(dir, projectLayout.stateRoot))
  // The state folder ignores itself, so that secrets stay out of git even where the user's own .gitignore was kept.
  await writeFileAtomic(join(dir, projectLayout.stateIgnore), '*\n')
  await writeFileAtomic(join(dir, projectLayout.scaffoldManifest), `${JSON.stringify(manifest, null, 2)}\n`)
}

function outcomeOf({ dir, name, files }: ScaffoldPlan): ScaffoldOutcome {
  const having = (action: ScaffoldAction) =>
    files.filter((each) => each.action === action).map((each) => each.path)
  return {
    dir,
    name,
    files: {
      create: having('create'),
      unchanged: having('unchanged'),
      upgrade: having('upgrade'),
      'keep-edited': having('keep-edited'),
      overwrite: having('overwrite'),
    },
  }
}

function summaryOf({ files }: ScaffoldOutcome): string {
  const counts = Object.entries(files).map(([action, paths]) => ({ action, count: paths.length }))
  const parts = counts
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} ${spoken(action)}`)
  return parts.join(', ')
}

function spoken(action: string): string {
  const past: Readonly<Record<string, string>> = {
    create: 'created',
    upgrade: 'updated',
    'keep-edited': 'kept as edited',
    overwrite: 'overwritten',
  }
  return past[action] ?? action
}

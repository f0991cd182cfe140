import type { EnvironmentRef } from '../../cluster/environment-store.js'
import { pathsOf } from '../../cluster/environment-store.js'
import type { LoadUsersOptions } from '../../cluster/load-window/load-users.js'
import { abandonUsers, loadUsers, planUsers } from '../../cluster/load-window/load-users.js'
import type { Context } from '../../kit/context.js'
import type { EnvironmentRecord } from '../../model/environment.js'
import { profiles } from '../../model/profile.js'
import { readJsonFile } from '../../sys/files.js'
import type { Answer } from '../answer.js'
import { confirm } from '../confirm.js'
import { forEnv } from '../render/next-steps.js'
import { abandonedAnswer, loadedAnswer, loadPlanAnswer } from '../render/users/load.js'
import type { Terminal } from '../terminal.js'
import { flagsOf, type WantedPopulation } from './population-flags.js'

export interface LoadWishes {
  readonly place: EnvironmentRef
  /** Given the number of customers that the profile has by default. */
  readonly wanted: (customersDefault: number) => WantedPopulation
  readonly append: boolean
  readonly force: boolean
  readonly abandon: boolean
  readonly dryRun: boolean
  readonly yes: boolean
  readonly terminal: Terminal
}

/** `users load` in its three forms: do it, say what would be done, give an unfinished one up. */
export async function loadUsersByWish(wishes: LoadWishes, context: Context): Promise<Answer> {
  const { place, append, force, terminal, yes } = wishes
  if (wishes.abandon) return abandonedAnswer(await abandonUsers(place, context), place.env)
  const wanted = wishes.wanted(await customersDefaultOf(place))
  const { spec } = wanted
  const again = forEnv(`corelab users load ${flagsOf(spec)} --yes`, place.env)
  const options: LoadUsersOptions = {
    ...place,
    spec,
    append,
    force,
    confirm: () =>
      confirm(`Stop the core of environment "${place.env}" while the population is loaded?`, {
        yes,
        terminal,
        signal: context.signal,
        command: again,
      }),
  }
  return wishes.dryRun
    ? loadPlanAnswer(await planUsers(options), wanted, place.env)
    : loadedAnswer(await loadUsers(options, context), wanted, place.env)
}

async function customersDefaultOf(place: EnvironmentRef): Promise<number> {
  const record = await readJsonFile<EnvironmentRecord>(pathsOf(place).envFile)
  return profiles[record?.profile ?? place.project.config.profile].customersDefault
}

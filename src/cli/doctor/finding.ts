import type { DatabaseChoice } from '../../components/mysql/installation.js'
import type { ErrorCode } from '../../kit/error-catalogue.js'
import type { CorelabError } from '../../kit/errors.js'
import type { Profile } from '../../model/profile.js'

/** What one check found. A check names one cause; two causes are two checks. */
export interface Finding {
  /** Stable, for scripts. */
  readonly id: string
  readonly title: string
  readonly status: 'pass' | 'warn' | 'fail'
  /** What was seen, also when all is well. One sentence or less. */
  readonly cause: string
  /** Commands that mend it; empty when there is nothing to mend. */
  readonly fix: readonly string[]
  readonly code: ErrorCode | null
}

export interface DoctorReport {
  readonly schema: 'corelab/doctor-report@1'
  readonly profile: string
  readonly ready: boolean
  readonly findings: readonly Finding[]
}

/** What the checks are made for. */
export interface DoctorInput {
  /** The project's folder, or the one that a project could be made in. */
  readonly dir: string
  readonly env: string
  /** Whether the environment runs already: then it holds its ports and its memory itself. */
  readonly isRunning: boolean
  readonly profile: Profile
  /** The server that the database nodes would run. */
  readonly database: DatabaseChoice
  /** First port of the block; null lets corelab choose. */
  readonly portBase: number | null
  readonly variables: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
}

/** One family of checks. Never rejects: what cannot be found out is itself a finding. */
export type CheckFamily = (input: DoctorInput) => Promise<readonly Finding[]>

type Named = Pick<Finding, 'id' | 'title'>

export function pass(named: Named, cause: string): Finding {
  return { ...named, status: 'pass', cause, fix: [], code: null }
}

export function warn(named: Named, cause: string, fix: readonly string[] = []): Finding {
  return { ...named, status: 'warn', cause, fix, code: null }
}

export function fail(
  named: Named,
  cause: string,
  mend: { readonly fix: readonly string[]; readonly code: ErrorCode },
): Finding {
  return { ...named, status: 'fail', cause, ...mend }
}

/** An error that a command would end with, as a finding. */
export function failedBy(named: Named, error: CorelabError): Finding {
  return fail(named, error.message, { fix: error.fix, code: error.code })
}

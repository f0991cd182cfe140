import { checkDocker } from './docker-checks.js'
import type { CheckFamily, DoctorInput, DoctorReport } from './finding.js'
import { checkHostItself } from './host-checks.js'
import { checkLoad } from './load-checks.js'
import { checkPaths } from './path-checks.js'
import { checkPorts } from './port-checks.js'
import { checkPrograms } from './program-checks.js'
import { checkResources } from './resource-checks.js'
import { checkSafety } from './safety-checks.js'

const families: readonly CheckFamily[] = [
  checkHostItself,
  checkPrograms,
  checkResources,
  checkPorts,
  checkPaths,
  checkSafety,
  checkLoad,
  checkDocker,
]

/** Runs every check. Changes nothing, starts nothing. */
export async function runDoctor(input: DoctorInput): Promise<DoctorReport> {
  const findings = (await Promise.all(families.map((check) => check(input)))).flat()
  return {
    schema: 'corelab/doctor-report@1',
    profile: input.profile.name,
    ready: findings.every(({ status }) => status !== 'fail'),
    findings,
  }
}

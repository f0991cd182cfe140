import { operationsOf, subsystemOfCode } from '../model/catalogue.js'
import type { SubsystemCode } from '../model/subsystem.js'
import { renderTemplate } from '../sys/templates.js'

/** The text of a subsystem's `contract.yaml`: all that the catalogue says, one line per method. */
export function contractYaml(code: SubsystemCode): string {
  const subsystem = subsystemOfCode(code)
  const all = operationsOf(code)
  const services = subsystem.entities.map((entity) => ({
    entity,
    operations: all.filter((each) => each.entity === entity.name),
  }))
  return renderTemplate('init/contract.yaml.eta', { ...subsystem, services })
}

import type { Entity, SubsystemCode } from './subsystem.js'

/** Where the shared service centre works on records, parameters, cases and batches for all institutions. */
const workbench: SubsystemCode = 'LEG'
/** Which nobody calls but the gateway and reconciliation when the workbench's own records are concerned. */
const workbenchConsumers: readonly SubsystemCode[] = ['GWY', 'RCN']
const reconciliation: SubsystemCode = 'RCN'

const masterReads = new Set(['get', 'list', 'history', 'check'])
/** A caller needs the value that holds on a day, and may ask for a person's work. */
const callersToo = new Set(['effectiveAt', 'raise'])

/**
 * Who calls a method: business goes to the callers of the subsystem, maintenance to the shared service
 * workbench, batches also to reconciliation, exports to reconciliation. Never the subsystem itself.
 */
export function consumersOf(
  entity: Pick<Entity, 'subsystem' | 'kind'>,
  method: string,
  callers: readonly SubsystemCode[],
): readonly SubsystemCode[] {
  const maintenance = entity.subsystem === workbench ? workbenchConsumers : [workbench]
  const withCallers = (others: readonly SubsystemCode[]) =>
    callersToo.has(method) ? [...others, ...callers] : others
  const all = (): readonly SubsystemCode[] => {
    switch (entity.kind) {
      case 'agreement':
      case 'transaction':
      case 'decision':
        return callers
      case 'master':
        return masterReads.has(method) ? callers : maintenance
      case 'ledger':
        if (method !== 'export') return callers
        return entity.subsystem === reconciliation ? [workbench] : [reconciliation]
      case 'batch':
        return [...maintenance, reconciliation]
      case 'case':
      case 'parameter':
        return withCallers(maintenance)
    }
  }
  return [...new Set(all())].filter((code) => code !== entity.subsystem)
}

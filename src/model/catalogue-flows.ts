import type { SubsystemCode } from './subsystem.js'

/**
 * The operations with hand-written business logic in this version, by subsystem and entity, as words.
 * All others are declared, described and refused as not built yet.
 */
export const builtFlows: Partial<Readonly<Record<SubsystemCode, Readonly<Record<string, string>>>>> =
  Object.freeze({
    CIF: { person: 'create get list update' },
    ACT: { settlementAccount: 'open get summary list', accountEntry: 'list' },
    PAY: { intraEntityTransfer: 'submit get queryByRequestId' },
  })

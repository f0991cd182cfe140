import type { SubsystemCode } from './subsystem.js'

/** Methods and events that some entities of a kind do not have, because there they would mean nothing. */
export interface Exclusion {
  /** Entities by subsystem, as words. */
  readonly entities: Partial<Readonly<Record<SubsystemCode, string>>>
  readonly methods: readonly string[]
  readonly events: readonly string[]
  readonly reason: string
}

/** Decided by people, entity by entity: nothing here is computed. */
export const exclusions: readonly Exclusion[] = [
  {
    entities: {
      GWY: 'accessLog',
      IAM: 'loginLog auditTrail',
      LEG: 'operationLog',
      PRD: 'productVersion',
      ACT: 'accountEntry',
      LIA: 'accrualRecord',
      AST: 'repaymentSchedule',
      PAY: 'paymentJournal',
      ACC: 'glEntry trialBalance',
      RSK: 'decisionLog',
      CCX: 'hostJournal',
      PNX: 'networkMessage',
      TPX: 'partnerMessage',
      RCN: 'reconResult',
    },
    methods: ['append'],
    events: [],
    reason:
      'Only the owner writes this ledger, inside its own transactions; nobody may add to it from outside.',
  },
  {
    entities: { CIF: 'consent' },
    methods: ['block', 'unblock'],
    events: ['blockChanged'],
    reason: 'A consent is given or withdrawn; there is no state between.',
  },
  {
    entities: { NTF: 'smsMessage pushMessage wechatMessage inAppNotice' },
    methods: ['confirm', 'reverse'],
    events: ['reversed'],
    reason: 'A message that was sent cannot be taken back, and sending it needs no second phase.',
  },
  {
    entities: {
      CIF: 'identityVerification',
      PNX: 'networkQuery',
      TPX: 'creditBureauRequest govDataRequest',
    },
    methods: ['confirm', 'reverse', 'replenish'],
    events: ['reversed'],
    reason:
      'A look-up at an outside party changes nothing there: it is asked again, never confirmed or cured.',
  },
  {
    entities: { IAM: 'authChallenge signatureRequest', RSK: 'stepUpVerification' },
    methods: ['reverse', 'replenish'],
    events: ['reversed'],
    reason:
      'Proof of identity holds for one moment: a failed one is repeated, a past one cannot be undone or made up.',
  },
]

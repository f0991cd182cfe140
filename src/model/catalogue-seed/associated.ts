import type { SubsystemSeed } from './subsystem-seed.js'

/** Associated systems: adapters to the world outside this core, and the checks on them. */
export const associatedSeed: readonly SubsystemSeed[] = [
  {
    code: 'CCX',
    name: 'Counter-core adapter',
    purpose:
      'The only door to the counter core that stays: messages translated, time-outs resolved, its accounts mirrored, and its end-of-day file read.',
    entities: {
      master: 'hostInterface hostCodeMap',
      agreement: 'hostAccountMirror',
      transaction: 'hostPosting hostReversal hostAccountOpen hostBalanceTransfer',
      case: 'hostException',
      parameter: 'hostTimeoutPolicy hostSwitch formatMap',
      batch: 'hostEodFile mirrorSync replayRun',
      ledger: 'hostJournal',
      decision: 'hostBalanceInquiry hostAccountCheck',
    },
    callers: 'CIF ACT LIA AST PAY ACC RCN',
    subscribers: 'PAY ACC RCN',
  },
  {
    code: 'PNX',
    name: 'Payment-network adapter',
    purpose:
      'The clearing networks for large, small, instant and card payments, each behind the same four messages.',
    entities: {
      master: 'networkParticipant clearingNetwork',
      agreement: 'clearingAccount',
      transaction: 'networkCredit networkDebit networkReturn networkQuery',
      case: 'networkInvestigation',
      parameter: 'networkRouting networkCutoff networkLimit',
      batch: 'clearingFile settlementRun',
      ledger: 'networkMessage',
      decision: 'positionCheck networkStatus',
    },
    callers: 'PAY ACC RCN',
    subscribers: 'PAY ACC RCN',
  },
  {
    code: 'TPX',
    name: 'Third-party gateway',
    purpose:
      'Everybody outside who is not a bank network: billers, merchant platforms, the credit bureau, public registers, and fund houses.',
    entities: {
      master: 'partner partnerInterface partnerCertificate',
      agreement: 'partnerAgreement escrowAccount',
      transaction: 'partnerPayment creditBureauRequest govDataRequest',
      case: 'partnerOnboarding partnerDispute',
      parameter: 'partnerQuota partnerMapping',
      batch: 'partnerFileExchange partnerSettlementRun',
      ledger: 'partnerMessage',
      decision: 'partnerSignatureCheck',
    },
    callers: 'LIF MAL CMY CIF AST WLT PAY RSK',
    subscribers: 'LIF MAL CMY RCN',
  },
  {
    code: 'NTF',
    name: 'Notification centre',
    purpose:
      'Messages to customers by SMS, push, messaging app and inbox: templates, quiet hours, limits on how often, and receipts.',
    entities: {
      master: 'messageTemplate recipientPreference senderChannel',
      agreement: 'alertSubscription',
      transaction: 'smsMessage pushMessage wechatMessage inAppNotice',
      case: 'templateReview',
      parameter: 'quietHours frequencyCap',
      batch: 'bulkSend receiptImport',
      ledger: 'deliveryReceipt',
      decision: 'channelChoice contentCheck',
    },
    callers: 'GWY IAM MKT ACT AST WLT PAY',
    subscribers: 'MKT RCN',
  },
  {
    code: 'RCN',
    name: 'Reconciliation and data exchange',
    purpose:
      'Totals and details compared with every counterpart, differences cured or given to a person, data feeds, and reports to the regulator.',
    entities: {
      master: 'reconScheme dataFeed reportDefinition',
      agreement: 'counterpartyAgreement',
      transaction: 'reconAdjustment replenishment reversalRequest',
      case: 'discrepancy reportCorrection',
      parameter: 'matchingRule toleranceRule',
      batch: 'reconRun feedExtract regulatoryReportRun',
      ledger: 'reconResult feedLog',
      decision: 'matchTrial completenessCheck',
    },
    callers: 'PAY ACC CCX PNX TPX',
    subscribers: 'LEG PAY ACC',
  },
]

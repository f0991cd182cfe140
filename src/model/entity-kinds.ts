/** The eight kinds of business objects; the kind decides which methods and events an entity has. */
export type EntityKind =
  | 'master'
  | 'agreement'
  | 'transaction'
  | 'case'
  | 'parameter'
  | 'batch'
  | 'ledger'
  | 'decision'

/** What a call may do: change something, look something up, or judge without keeping anything. */
export type OperationClass = 'write' | 'read' | 'decide'

export interface MethodTemplate {
  readonly class: OperationClass
  /** The events that a call may cause. */
  readonly causes: readonly string[]
}

export interface KindTemplate {
  readonly meaning: string
  readonly methods: Readonly<Record<string, MethodTemplate>>
  readonly events: readonly string[]
}

const reads: MethodTemplate = { class: 'read', causes: [] }
const decides: MethodTemplate = { class: 'decide', causes: [] }
const writes = (...causes: readonly string[]): MethodTemplate => ({ class: 'write', causes })

/** Every kind with its full set of methods; `catalogue-exclusions.ts` says which entities have fewer. */
export const entityKinds: Readonly<Record<EntityKind, KindTemplate>> = Object.freeze({
  master: {
    meaning: 'master record',
    methods: {
      create: writes('created'),
      get: reads,
      list: reads,
      update: writes('updated'),
      changeStatus: writes('statusChanged'),
      history: reads,
      check: reads,
    },
    events: ['created', 'updated', 'statusChanged'],
  },
  agreement: {
    meaning: 'account or agreement: lives long and has a position',
    methods: {
      open: writes('opened'),
      get: reads,
      list: reads,
      amend: writes('amended'),
      block: writes('blockChanged'),
      unblock: writes('blockChanged'),
      close: writes('closed'),
      summary: reads,
    },
    events: ['opened', 'amended', 'blockChanged', 'closed'],
  },
  transaction: {
    meaning: 'transaction or order: moves money, stock or a message',
    methods: {
      submit: writes('accepted', 'succeeded', 'failed'),
      confirm: writes('succeeded', 'failed'),
      cancel: writes('failed'),
      reverse: writes('reversed'),
      replenish: writes('succeeded', 'failed'),
      get: reads,
      list: reads,
      queryByRequestId: reads,
    },
    events: ['accepted', 'succeeded', 'failed', 'reversed'],
  },
  case: {
    meaning: 'case, approval or task of a person',
    methods: {
      raise: writes('raised'),
      claim: writes(),
      decide: writes('decided'),
      escalate: writes(),
      get: reads,
      list: reads,
      close: writes('closed'),
    },
    events: ['raised', 'decided', 'closed'],
  },
  parameter: {
    meaning: 'parameter, price or rule, with a date from which it holds',
    methods: {
      draft: writes(),
      get: reads,
      list: reads,
      publish: writes('published'),
      rollback: writes('rolledBack'),
      effectiveAt: reads,
    },
    events: ['published', 'rolledBack'],
  },
  batch: {
    meaning: 'batch run or file',
    methods: {
      start: writes('started', 'completed', 'failed'),
      stop: writes('failed'),
      resume: writes('completed', 'failed'),
      get: reads,
      list: reads,
      result: reads,
    },
    events: ['started', 'completed', 'failed'],
  },
  ledger: {
    meaning: 'append-only log or read model',
    methods: { append: writes('appended'), get: reads, list: reads, export: reads },
    events: ['appended'],
  },
  decision: {
    meaning: 'decision or calculation that keeps nothing',
    methods: { evaluate: decides, explain: decides, batchEvaluate: decides },
    events: [],
  },
})

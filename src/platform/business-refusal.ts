import { CorelabError } from '../kit/errors.js'

/**
 * A rule of the bank said no. Thrown inside a transaction it undoes it. The caller gets HTTP 200 with this code and
 * message in the envelope: a refusal is an answer, not a technical failure.
 */
export class BusinessRefusal extends CorelabError {
  constructor(
    readonly retCode: RefusalCode,
    readonly retMsg: string,
  ) {
    super('BUSINESS_REFUSED', { message: `${retCode}: ${retMsg}` })
  }
}

/** Why the bank refuses; part of the contract, so a code is never reused for another meaning. */
export type RefusalCode =
  | 'ENTITY_MISMATCH'
  | 'CUSTOMER_UNKNOWN'
  | 'CUSTOMER_NOT_ACTIVE'
  | 'IDENTITY_TAKEN'
  | 'ENTITY_FULL'
  | 'ACCOUNT_UNKNOWN'
  | 'ACCOUNT_NOT_ACTIVE'
  | 'ACCOUNTS_FULL'
  | 'ACCOUNT_CLASS_NOT_OPEN'
  | 'CURRENCY_MISMATCH'
  | 'INSUFFICIENT_FUNDS'
  | 'SAME_ACCOUNT'
  | 'TRANSFER_UNKNOWN'
  | 'IDEMPOTENCY_CONFLICT'

/** The return code of an answer that is not a refusal. */
export const okCode = 'OK'

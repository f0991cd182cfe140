import type { TransferReceipt } from './transfer.js'

/** How a transfer looks outside; equal for the first answer and every repeat. */
export interface TransferView {
  readonly gsn: string
  readonly requestId: string
  readonly payerAccount: string
  readonly payeeAccount: string
  readonly amount: string
  readonly status: string
  readonly createdAt: string
}

export function transferView(receipt: TransferReceipt): TransferView {
  return {
    gsn: receipt.gsn,
    requestId: receipt.idempotencyKey,
    payerAccount: receipt.payerAccount.toString(),
    payeeAccount: receipt.payeeAccount.toString(),
    amount: receipt.amount.toString(),
    status: receipt.status,
    createdAt: receipt.createdAt,
  }
}

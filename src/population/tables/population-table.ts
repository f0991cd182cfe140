import type { CustomerId } from '../../model/sub-tables.js'
import type { KeyOrder, RowRange } from '../chunk-keys.js'
import type { TsvWriter } from '../tsv-writer.js'

export type PopulationTableName =
  | 'cif.customer'
  | 'cif.identity_document'
  | 'cif.contact'
  | 'cif.route_mobile'
  | 'cif.route_identity'
  | 'cif.route_account'
  | 'iam.login_user'
  | 'act.settlement_account'
  | 'act.ledger_sub_account'
  | 'lia.product_holding'
  | 'wlt.product_holding'
  | 'acc.opening_voucher'
  | 'acc.opening_voucher_line'

/** One table of the population, as whoever loads, verifies or exports it sees it. */
export interface PopulationTable {
  readonly name: PopulationTableName
  /** The columns, in the order in which rows are written. The first is `le_code`. */
  readonly fields: readonly string[]
  /** The columns of the primary key; rows of a sub-table come in its order. */
  readonly key: readonly string[]
  /** Which keys its rows are written from. */
  readonly order: KeyOrder
  /** 16: `name_00` to `name_15`; 1: `name` itself. */
  readonly subTables: 16 | 1
  /** All rows of one customer (or of one voucher) together are never longer. */
  readonly rowBytesMax: number
}

/** Writes the rows of one table, customer by customer. */
export interface TableRows {
  /** Sum of the amounts written so far, in minor units; 0 for ever in tables without money. */
  readonly amount: number
  /** Called before the rows of a range are written. */
  begin?(range: RowRange): void
  /**
   * Appends the rows of one customer and returns how many there are. `row` is the customer's row (of vouchers, the
   * batch), `entity` the index of the legal entity. The writer has room for `rowBytesMax`.
   */
  write(writer: TsvWriter, row: number, id: CustomerId, entity: number): number
}

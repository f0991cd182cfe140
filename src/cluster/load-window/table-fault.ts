/** What stands against loading a table. */
export interface TableFault {
  readonly what: string
  /** The statement that mends it. */
  readonly mend: string
}

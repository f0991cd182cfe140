import type { LegalEntity } from '../../model/legal-entity.js'

/** One operation of a subsystem, asked for by a client. */
export interface BankRequest {
  /** With the package, e.g. `cn.corelab.cif.PersonService`. */
  readonly interfaceName: string
  readonly method: string
  readonly argument: Readonly<Record<string, unknown>>
  readonly le: LegalEntity
  /** null for reads. */
  readonly idempotencyKey: string | null
}

/** A way into the bank, for one client: the same operations, whether over the network or in this process. */
export interface BankDoor {
  /** The data of the answer. Throws a BusinessRefusal when the bank says no, else a catalogued error. */
  call(request: BankRequest): Promise<unknown>
  close(): Promise<void>
}

/** All ways in of a thread. */
export interface Bank {
  openDoor(): BankDoor
  /** Never rejects. */
  close(): Promise<void>
}

/** Database servers that somebody else runs and that belong together, by the name that they have in `corelab.yaml`. */
export interface InventoryTarget {
  /** The one that takes writes first, then the readers in the order of the file. */
  readonly servers: readonly InventoryServer[]
}

export interface InventoryServer {
  readonly name: string
  readonly role: 'master' | 'reader'
  readonly host: string
  readonly port: number
  /** A unix socket on this host, in the place of host and port. */
  readonly socketPath: string | null
  readonly user: string
  /** null: the account has none. */
  readonly password: PasswordSource | null
}

/** Where a password is kept; it is never in `corelab.yaml` itself. */
export type PasswordSource =
  | { readonly kind: 'variable'; readonly name: string }
  /** Relative to the project folder. */
  | { readonly kind: 'file'; readonly path: string }

import type { QlinkStatus } from '../../model/qlink.js'

/**
 * Whether the master does not let qlink in: its password there is not that of the secrets. A matter of accounts, which a change
 * of master would take along; every start of the servers sets the passwords anew.
 */
export function isLoginRefused({ link }: QlinkStatus): boolean {
  return link.state !== 'receiving' && /Access denied for user/.test(link.error ?? '')
}

export const wayOutOfRefusedLogin: readonly string[] = ['corelab down', 'corelab up']

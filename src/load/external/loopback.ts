import { lookup } from 'node:dns/promises'
import { BlockList, isIPv4 } from 'node:net'
import { corelabError } from '../../kit/errors.js'
import type { ExternalTarget } from './parse-target.js'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/**
 * A load test can bring a server down, so one on another host is only touched by who says that it is theirs. A name counts
 * as what all of its addresses are. Throws TARGET_FOREIGN.
 */
export async function refuseForeignHost(
  { host, socketPath }: Pick<ExternalTarget, 'host' | 'socketPath'>,
  iOwnThisHost: boolean,
): Promise<void> {
  if (iOwnThisHost || socketPath !== null || (await isLoopback(host))) return
  throw corelabError('TARGET_FOREIGN', {
    message: `${host} is another host, and this is a load test`,
    detail: 'It may slow down or stop what runs there. Only run it against servers that you may stop.',
    fix: ['--dry-run   (shows what would be done)', '--i-own-this-host'],
  })
}

/** A name that cannot be resolved is not known to be this host. */
async function isLoopback(host: string): Promise<boolean> {
  const addresses = await lookup(host, { all: true }).catch(() => [])
  const isOurs = (address: string) => loopback.check(address, isIPv4(address) ? 'ipv4' : 'ipv6')
  return addresses.length > 0 && addresses.every(({ address }) => isOurs(address))
}

import { constants, createHash, publicEncrypt } from 'node:crypto'
import { assert } from '../../../kit/assert.js'
import type { MysqlTarget } from '../connection.js'
import { readServerError, ServerError } from './server-error.js'

/** A server's first packet. */
export interface Greeting {
  readonly mariadb: boolean
  readonly capabilities: number
  readonly extendedCapabilities: number
  readonly nonce: Buffer
  readonly plugin: string
}

/** What both sides agreed on, as far as replies look different by it. */
export interface Agreed {
  /** MariaDB: columns are described only when they changed since the statement was prepared. */
  readonly cachesMetadata: boolean
}

/** Whole packets, one after the other. */
export interface PacketPort {
  /** Rejects when the connection ends. */
  read(): Promise<Buffer>
  /** `sequence` of the packet that this one follows, plus one. */
  send(payload: Buffer): void
}

const capability = {
  mysql: 1,
  /** A write counts the rows that it matched, also those that had the new values before. mysql2 asks for it too. */
  foundRows: 1 << 1,
  longFlag: 1 << 2,
  connectWithDatabase: 1 << 3,
  protocol41: 1 << 9,
  transactions: 1 << 13,
  secureConnection: 1 << 15,
  pluginAuth: 1 << 19,
  deprecateEof: 1 << 24,
} as const

/** Bit 36 of all, bit 4 of the upper half. */
const cacheMetadata = 1 << 4

const utf8mb4General = 45
const packetMax = 16 * 1024 * 1024

/**
 * Logs in, with mysql_native_password or caching_sha2_password (over a unix socket in clear, over TCP by the server's RSA
 * key). Throws `ServerError` when refused, also for servers that cannot leave out EOF packets (before MariaDB 10.2,
 * MySQL 5.7.5).
 */
export async function logInByWire(port: PacketPort, target: MysqlTarget): Promise<Agreed> {
  const greeting = readGreeting(await port.read())
  if ((greeting.capabilities & capability.deprecateEof) === 0)
    throw new ServerError(0, 'the wire driver needs a server that can leave out EOF packets')
  const cachesMetadata = greeting.mariadb && (greeting.extendedCapabilities & cacheMetadata) !== 0
  port.send(loginRequest(greeting, target, cachesMetadata))
  let { plugin, nonce } = greeting
  for (;;) {
    const answer = await port.read()
    const kind = answer[0]
    if (kind === 0x00) return { cachesMetadata }
    if (kind === 0xff) throw readServerError(answer, 0, answer.length)
    if (kind === 0xfe) {
      ;({ plugin, nonce } = readSwitch(answer))
      port.send(scramble(plugin, target.password, nonce))
    } else if (kind === 0x01 && answer[1] === 0x04) await sendWholePassword(port, target, nonce)
    else assert(kind === 0x01, `an authentication packet of kind ${kind}`)
  }
}

export function readGreeting(packet: Buffer): Greeting {
  if (packet[0] === 0xff) throw readServerError(packet, 0, packet.length)
  assert(packet[0] === 10, `a server that speaks protocol ${packet[0]}`)
  const afterVersion = packet.indexOf(0, 1) + 1
  let at = afterVersion + 4
  const nonceStart = packet.subarray(at, at + 8)
  at += 9
  const lower = packet.readUInt16LE(at)
  const upper = packet.readUInt16LE(at + 5)
  const nonceLength = Math.max(12, (packet[at + 7] as number) - 9)
  const extendedCapabilities = packet.readUInt32LE(at + 14)
  at += 18
  const nonce = Buffer.concat([nonceStart, packet.subarray(at, at + nonceLength)])
  at += nonceLength + 1
  const end = packet.indexOf(0, at)
  return {
    mariadb: (lower & capability.mysql) === 0,
    capabilities: lower + upper * 0x1_0000,
    extendedCapabilities,
    nonce,
    plugin: packet.toString('latin1', at, end === -1 ? packet.length : end),
  }
}

function loginRequest(greeting: Greeting, target: MysqlTarget, cachesMetadata: boolean): Buffer {
  const { mariadb, plugin, nonce } = greeting
  let capabilities =
    capability.foundRows |
    capability.longFlag |
    capability.protocol41 |
    capability.transactions |
    capability.secureConnection |
    capability.pluginAuth |
    capability.deprecateEof
  if (!mariadb) capabilities |= capability.mysql
  if (target.database !== undefined) capabilities |= capability.connectWithDatabase
  const head = Buffer.alloc(32)
  head.writeUInt32LE(capabilities, 0)
  head.writeUInt32LE(packetMax, 4)
  head[8] = utf8mb4General
  if (cachesMetadata) head.writeUInt32LE(cacheMetadata, 28)
  const secret = scramble(plugin, target.password, nonce)
  const parts = [head, text(target.user), Buffer.from([secret.length]), secret]
  if (target.database !== undefined) parts.push(text(target.database))
  return Buffer.concat([...parts, text(plugin)])
}

function readSwitch(packet: Buffer): { readonly plugin: string; readonly nonce: Buffer } {
  const end = packet.indexOf(0, 1)
  return { plugin: packet.toString('latin1', 1, end), nonce: packet.subarray(end + 1, end + 21) }
}

function scramble(plugin: string, password: string, nonce: Buffer): Buffer {
  if (password === '') return Buffer.alloc(0)
  const twenty = nonce.subarray(0, 20)
  if (plugin === 'mysql_native_password') {
    const once = digest('sha1', Buffer.from(password))
    return xor(once, digest('sha1', twenty, digest('sha1', once)))
  }
  if (plugin === 'caching_sha2_password') {
    const once = digest('sha256', Buffer.from(password))
    return xor(once, digest('sha256', digest('sha256', once), twenty))
  }
  throw new ServerError(0, `the wire driver cannot log in with ${plugin}; the driver mysql2 may`)
}

/** The server has not this password in its cache. */
async function sendWholePassword(port: PacketPort, target: MysqlTarget, nonce: Buffer): Promise<void> {
  const password = text(target.password)
  if (target.socketPath !== undefined) return port.send(password)
  port.send(Buffer.from([0x02]))
  const answer = await port.read()
  if (answer[0] === 0xff) throw readServerError(answer, 0, answer.length)
  const hidden = xor(password, nonce.subarray(0, 20))
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  port.send(publicEncrypt({ key: answer.toString('latin1', 1), padding }, hidden))
}

function digest(kind: 'sha1' | 'sha256', ...parts: readonly Buffer[]): Buffer {
  const hash = createHash(kind)
  for (const part of parts) hash.update(part)
  return hash.digest()
}

function xor(bytes: Buffer, key: Buffer): Buffer {
  return Buffer.from(bytes.map((byte, index) => byte ^ (key[index % key.length] as number)))
}

function text(value: string): Buffer {
  return Buffer.from(`${value}\0`, 'utf8')
}

import * as fs from 'node:fs'
import { open, readdir, rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { corelabError } from '../../../kit/errors.js'

/**
 * The writing side of a file system, as far as the log needs it. A seam: tests hold back a sync, or let it fail, and see
 * that nothing is acknowledged meanwhile. Every call rejects with the system's own error (ENOSPC, EIO, EROFS...).
 */
export interface Disk {
  /** Makes a file, readable by this user only, and opens it; fails when there is one. */
  make(path: string, kind?: FileKind): Promise<DiskFile>
  /** Opens a file that exists for writing. */
  open(path: string, kind?: FileKind): Promise<DiskFile>
  rename(from: string, to: string): Promise<void>
  /** Nothing there is fine. */
  remove(path: string): Promise<void>
  /** Makes what was made, renamed or removed in a folder durable. */
  syncDir(path: string): Promise<void>
  list(dir: string): Promise<readonly string[]>
}

/**
 * `synced`: what was written is on the disk when `write` resolves (O_DSYNC). One call instead of a write and a sync, which
 * halves what a group costs in calls and thread switches; the kernel does the same work for both.
 */
export type FileKind = 'plain' | 'synced'

export interface DiskFile {
  /**
   * All of `bytes`, or an error. After an error any part of it may be on the disk, and of a synced file no later success
   * proves anything about it: the kernel reports a lost page once (https://wiki.postgresql.org/wiki/Fsync_Errors).
   */
  write(bytes: Uint8Array, position: number): Promise<void>
  /** `fdatasync`: what was written to a plain file, or the length that a file was cut to. */
  sync(): Promise<void>
  truncate(length: number): Promise<void>
  close(): Promise<void>
}

export const hostDisk: Disk = {
  make: async (path, kind = 'plain') => new HostFile(await openFile(path, makeFlags | flagsOf[kind], 0o600)),
  open: async (path, kind = 'plain') =>
    new HostFile(await openFile(path, fs.constants.O_RDWR | flagsOf[kind])),
  rename,
  remove: (path) => rm(path, { force: true }),
  async syncDir(path) {
    const dir = await open(path, 'r')
    await dir.sync().finally(() => dir.close())
  },
  list: (dir) => readdir(dir),
}

const makeFlags = fs.constants.O_RDWR | fs.constants.O_CREAT | fs.constants.O_EXCL
const flagsOf: Readonly<Record<FileKind, number>> = { plain: 0, synced: fs.constants.O_DSYNC }

const openFile = promisify(fs.open) as (path: string, flags: number, mode?: number) => Promise<number>
const writeFile = promisify(fs.write) as (
  fd: number,
  bytes: Uint8Array,
  offset: number,
  length: number,
  position: number,
) => Promise<{ bytesWritten: number }>
const syncFile = promisify(fs.fdatasync)
const truncateFile = promisify(fs.ftruncate)
const closeFile = promisify(fs.close)

/** Plain descriptors: a `FileHandle` costs three times as much per call. */
class HostFile implements DiskFile {
  constructor(private readonly fd: number) {}

  async write(bytes: Uint8Array, position: number): Promise<void> {
    let done = 0
    while (done < bytes.length) {
      const { bytesWritten } = await writeFile(this.fd, bytes, done, bytes.length - done, position + done)
      // A short write is a full disk or a limit; the next one says which.
      if (bytesWritten === 0)
        throw corelabError('DISK_TOO_SMALL', { message: 'the file system took no more bytes' })
      done += bytesWritten
    }
  }

  sync(): Promise<void> {
    return syncFile(this.fd)
  }

  truncate(length: number): Promise<void> {
    return truncateFile(this.fd, length)
  }

  close(): Promise<void> {
    return closeFile(this.fd)
  }
}

import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import type { StopReason } from '../../../src/cli/stop-wish.js'
import { exitCodeOf, listenForStop } from '../../../src/cli/stop-wish.js'

function listening() {
  const source = new EventEmitter()
  const said: string[] = []
  const ended: number[] = []
  const stop = listenForStop({
    source,
    announce: (message) => said.push(message),
    exitNow: (code) => ended.push(code),
  })
  return { source, said, ended, stop }
}

test('the first Ctrl+C says so at once and asks for an orderly stop', () => {
  const { source, said, ended, stop } = listening()

  source.emit('SIGINT')

  expect(said).toEqual(['Stopping in order. Press Ctrl+C again to end at once.'])
  expect(stop.signal.aborted).toBe(true)
  expect(stop.reason()).toBe('interrupted')
  expect(ended).toEqual([])
})

test('the second Ctrl+C ends at once with 130', () => {
  const { source, ended, said } = listening()

  source.emit('SIGINT')
  source.emit('SIGINT')

  expect(ended).toEqual([130])
  expect(said).toHaveLength(1)
})

test('SIGTERM is a stop, too, with its own exit status', () => {
  const { source, stop } = listening()

  source.emit('SIGTERM')

  expect(stop.reason()).toBe('terminated')
  expect(exitCodeOf('terminated')).toBe(143)
})

test('while a client owns the terminal, Ctrl+C is meant for it, SIGTERM still for us', () => {
  const { source, stop } = listening()
  stop.ignoreInterrupts()

  source.emit('SIGINT')
  expect(stop.signal.aborted).toBe(false)

  source.emit('SIGTERM')
  expect(stop.signal.aborted).toBe(true)
})

test('the first reason counts, and after the end nobody listens any more', () => {
  const { source, stop } = listening()

  stop.stop('timed-out')
  stop.stop('pipe-closed')
  stop.dispose()

  expect(stop.reason()).toBe('timed-out')
  expect(source.eventNames()).toEqual([])
})

test.each<[StopReason, number]>([
  ['interrupted', 130],
  ['terminated', 143],
  ['timed-out', 4],
  ['pipe-closed', 0],
])('%s ends with %i', (reason, code) => {
  expect(exitCodeOf(reason)).toBe(code)
})

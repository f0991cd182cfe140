import type { QlinkEffect, QlinkState } from './state.js'

export function closeLink(state: QlinkState, effects: QlinkEffect[]): QlinkState {
  const { link } = state
  if (link.state === 'down' || link.state === 'closing') return state
  effects.push({ kind: 'unlink', link: link.id })
  return { ...state, link: { ...link, state: 'closing' } }
}

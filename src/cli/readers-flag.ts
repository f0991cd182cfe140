import { Flags } from '@oclif/core'
import { nearest } from '../kit/nearest.js'
import { type ReaderKind, readerKinds } from '../model/topology.js'

/** `shadow,slaves`: one or more kinds of readers, each once. */
export function readersFlag(options: { readonly summary: string }) {
  return Flags.custom<readonly ReaderKind[]>({
    helpValue: 'LIST',
    parse: async (text) => parseReaders(text),
    ...options,
  })()
}

export function parseReaders(text: string): readonly ReaderKind[] {
  const words = text.split(',').map((word) => word.trim())
  const kinds = words.map((word) => {
    const kind = readerKinds.find((each) => each === word)
    if (kind) return kind
    const meant = nearest(word, readerKinds)
    throw new Error(
      `"${word}" cannot read; ${meant ? `did you mean ${meant}?` : `possible are ${readerKinds.join(', ')}`}`,
    )
  })
  if (new Set(kinds).size < kinds.length) throw new Error(`"${text}" names one of them twice`)
  return kinds
}

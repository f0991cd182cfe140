import type { Brand } from '../kit/brand.js'

/** `E01`...`E81` are the member institutions, `E00` the union. Every business row and call carries one. */
export type LegalEntity = Brand<string, 'LegalEntity'>

export const memberEntityCount = 81

export function legalEntity(index: number): LegalEntity {
  return `E${index.toString().padStart(2, '0')}` as LegalEntity
}

export function isLegalEntity(text: string): text is LegalEntity {
  const match = /^E(\d{2})$/.exec(text)
  return match !== null && Number(match[1]) <= memberEntityCount
}

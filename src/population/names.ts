import { faker } from '@faker-js/faker/locale/zh_CN'
import { mix32 } from '../kit/random.js'
import { type ByteTable, byteTable } from './byte-table.js'
import { weightedTable } from './weighted-table.js'

/** Texts with the table that draws one of them by frequency. */
export interface FrequentTexts {
  readonly texts: ByteTable
  readonly byFrequency: Uint16Array
}

export interface NameDictionary {
  readonly surnames: FrequentTexts
  /** By sex: men first. */
  readonly givenNames: readonly [FrequentTexts, FrequentTexts]
}

/**
 * Surnames and given names of faker's zh_CN lists, drawn by frequency and not uniformly. The lists are short; given
 * names are multiplied by putting the first character of one before the second of another of the same sex.
 */
export function chineseNames(): NameDictionary {
  const { last_name: lastNames, first_name: firstNames } = faker.rawDefinitions.person ?? {}
  return {
    surnames: surnames(lastNames?.generic ?? []),
    givenNames: [givenNames(firstNames?.male ?? []), givenNames(firstNames?.female ?? [])],
  }
}

/**
 * The most frequent surnames of the country, most frequent first; 陈 leads because it does in Zhejiang (Ministry of
 * Public Security, name reports of 2007 to 2019). The rest of the dictionary follows.
 */
const frequentSurnames = [
  ...'陈王李张刘杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢',
  ...'姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常',
]

/**
 * How many percent of all people the surnames up to a rank have together, from the same reports: the first 7.5, the
 * first three 21.9, and so on. Inside a band all are alike.
 */
const surnameBands: readonly { readonly toRank: number; readonly percent: number }[] = [
  { toRank: 1, percent: 7.5 },
  { toRank: 3, percent: 21.9 },
  { toRank: 10, percent: 43.5 },
  { toRank: 25, percent: 59.5 },
  { toRank: 50, percent: 72.5 },
  { toRank: 100, percent: 86.4 },
]

function surnames(dictionary: readonly string[]): FrequentTexts {
  const ranked = [...new Set([...frequentSurnames, ...dictionary])]
  const bands = [...surnameBands, { toRank: ranked.length, percent: 100 }]
  const weights = ranked.map((_, index) => {
    const band = bands.findIndex(({ toRank }) => index < toRank)
    const { toRank, percent } = bands[band] ?? { toRank: 1, percent: 0 }
    const below = bands[band - 1] ?? { toRank: 0, percent: 0 }
    return (percent - below.percent) / (toRank - below.toRank)
  })
  return { texts: byteTable(ranked), byFrequency: weightedTable(weights) }
}

const givenNameCount = 4096

function givenNames(dictionary: readonly string[]): FrequentTexts {
  const twoCharacters = dictionary.filter((name) => [...name].length === 2)
  const first = [...new Set(twoCharacters.map((name) => [...name][0] ?? ''))]
  const second = [...new Set(twoCharacters.map((name) => [...name][1] ?? ''))]
  const composed = first.flatMap((a) => second.filter((b) => b !== a).map((b) => a + b))
  const names = [...new Set([...shuffled([...dictionary, ...second]), ...shuffled(composed)])].slice(
    0,
    givenNameCount,
  )
  // A mild slope: the most frequent given names of a generation have a few per thousand each.
  const weights = names.map((_, rank) => 1 / Math.sqrt(rank + 30))
  return { texts: byteTable(names), byFrequency: weightedTable(weights) }
}

/** A fixed order that does not depend on the population's seed. */
function shuffled(texts: readonly string[]): string[] {
  return texts
    .map((text, index) => ({ text, key: mix32(index + 1) }))
    .sort((a, b) => a.key - b.key)
    .map(({ text }) => text)
}

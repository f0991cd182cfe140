/** English names (Hanyu Pinyin) of the cities and counties of `regions.ts`. */
export const cityNamesEn: Readonly<Record<string, string>> = {
  杭州市: 'Hangzhou',
  宁波市: 'Ningbo',
  温州市: 'Wenzhou',
  嘉兴市: 'Jiaxing',
  湖州市: 'Huzhou',
  绍兴市: 'Shaoxing',
  金华市: 'Jinhua',
  衢州市: 'Quzhou',
  舟山市: 'Zhoushan',
  台州市: 'Taizhou',
  丽水市: 'Lishui',
}

/** By city, the names of its counties in the order of their codes, without what kind of county each is. */
const syllablesByCity: Readonly<Record<string, string>> = {
  杭州市:
    'Shangcheng Gongshu Xihu Binjiang Xiaoshan Yuhang Fuyang Linan Linping Qiantang Tonglu Chunan Jiande',
  宁波市: 'Haishu Jiangbei Beilun Zhenhai Yinzhou Fenghua Xiangshan Ninghai Yuyao Cixi',
  温州市: 'Lucheng Longwan Ouhai Dongtou Yongjia Pingyang Cangnan Wencheng Taishun Ruian Yueqing Longgang',
  嘉兴市: 'Nanhu Xiuzhou Jiashan Haiyan Haining Pinghu Tongxiang',
  湖州市: 'Wuxing Nanxun Deqing Changxing Anji',
  绍兴市: 'Yuecheng Keqiao Shangyu Xinchang Zhuji Shengzhou',
  金华市: 'Wucheng Jindong Wuyi Pujiang Panan Lanxi Yiwu Dongyang Yongkang',
  衢州市: 'Kecheng Qujiang Changshan Kaihua Longyou Jiangshan',
  舟山市: 'Dinghai Putuo Daishan Shengsi',
  台州市: 'Jiaojiang Huangyan Luqiao Sanmen Tiantai Xianju Wenling Linhai Yuhuan',
  丽水市: 'Liandu Qingtian Jinyun Suichang Songyang Yunhe Qingyuan Jingning Longquan',
}

const kinds: Readonly<Record<string, string>> = { 区: 'District', 县: 'County', 市: 'City' }

/** The English names of a city's counties, in order. */
export function countyNamesEn(city: string, counties: readonly string[]): string[] {
  const names = (syllablesByCity[city] ?? '').split(' ')
  return counties.map((county, index) => `${names[index] ?? county} ${kinds[county.slice(-1)] ?? ''}`.trim())
}

import type { PopulationLocale } from './population.js'

/**
 * The most frequent surnames of the country, most frequent first; 陈 leads because it does in Zhejiang (Ministry of
 * Public Security, name reports of 2007 to 2019).
 */
export const frequentSurnames: Readonly<Record<PopulationLocale, readonly string[]>> = {
  zh: [
    ...'陈王李张刘杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢',
    ...'姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常',
  ],
  en: words(
    'Chen Wang Li Zhang Liu Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Guo He Lin Luo Gao Zheng Liang Xie Song Tang',
    'Xu Han Feng Deng Cao Peng Zeng Xiao Tian Dong Pan Yuan Cai Jiang Yu Yu Du Ye Cheng Wei Su Lyu Ding Ren Lu',
    'Yao Shen Zhong Jiang Cui Tan Lu Fan Wang Liao Shi Jin Wei Jia Xia Fu Fang Zou Xiong Bai Meng Qin Qiu Hou Jiang',
    'Yin Xue Yan Duan Lei Long Li Shi Tao He Mao Hao Gu Gong Shao Wan Qin Wu Qian Dai Yan Mo Kong Xiang Chang',
  ).map((name) => `${name} `),
}

/** Years of birth: before 1960, to 1979, to 1999, and since. */
export const generationStarts = [1960, 1980, 2000] as const

/**
 * Given names that mark a generation, most frequent first, by generation and then by sex (men first); from the
 * ministry's lists of the most frequent names by decade of birth.
 */
export const generationNames: Readonly<
  Record<PopulationLocale, readonly (readonly [readonly string[], readonly string[]])[]>
> = {
  zh: [
    [
      words('建国 国强 建华 志明 德明 金水 阿根 文华 国华 水根 福根 永明 志强 建平 国良 伟民'),
      words('秀英 桂英 秀兰 玉兰 桂兰 凤英 玉英 美英 爱珍 月英 杏花 阿珍 金花 素珍 彩英 玉珍'),
    ],
    [
      words('伟 勇 军 强 建军 斌 国平 杰 涛 波 峰 建平 海波 明 刚 永军'),
      words('丽 芳 敏 燕 红 霞 艳 萍 琴 英 丽萍 红梅 海燕 美琴 晓燕 丽娟'),
    ],
    [
      words('杰 浩 超 鹏 磊 俊 凯 鑫 宇 帅 佳豪 俊杰 晨 一帆 嘉伟 文杰'),
      words('婷 静 雪 倩 佳 慧 颖 娜 琳 莹 婷婷 佳丽 梦婷 雯 晓雯 思思'),
    ],
    [
      words('浩然 宇轩 子轩 俊杰 浩宇 宇航 子涵 梓豪 文博 奕辰 嘉豪 子豪 博文 晨阳 昊天 一诺'),
      words('欣怡 梓涵 诗涵 子涵 雨欣 可馨 思涵 佳怡 梦瑶 雨涵 欣妍 语嫣 诗琪 一诺 若曦 依诺'),
    ],
  ],
  en: [
    [
      words('Jianguo Guoqiang Jianhua Zhiming Deming Jinshui Agen Wenhua Guohua Yongming Zhiqiang Jianping'),
      words('Xiuying Guiying Xiulan Yulan Guilan Fengying Yuying Meiying Aizhen Yueying Jinhua Suzhen'),
    ],
    [
      words('Wei Yong Jun Qiang Jianjun Bin Guoping Jie Tao Bo Feng Jianping Haibo Ming Gang Yongjun'),
      words('Li Fang Min Yan Hong Xia Ping Qin Ying Liping Hongmei Haiyan Meiqin Xiaoyan Lijuan'),
    ],
    [
      words('Jie Hao Chao Peng Lei Jun Kai Xin Yu Shuai Jiahao Junjie Chen Yifan Jiawei Wenjie'),
      words('Ting Jing Xue Qian Jia Hui Ying Na Lin Tingting Jiali Mengting Wen Xiaowen Sisi'),
    ],
    [
      words(
        'Haoran Yuxuan Zixuan Junjie Haoyu Yuhang Zihan Zihao Wenbo Yichen Jiahao Bowen Chenyang Haotian',
      ),
      words('Xinyi Zihan Shihan Yuxin Kexin Sihan Jiayi Mengyao Yuhan Xinyan Yuyan Shiqi Yinuo Ruoxi'),
    ],
  ],
}

/** Syllables of given names in Pinyin, by sex: the first of two, then the second. */
export const syllablesEn = [
  {
    first: words(
      'Jian Guo Zhi Wen Ming Hai Jun Yong Xiao Jia Hao Yu Zi Bo Cheng De Dong Guang Hong Hua Jin Li Peng Qing Rong',
      'Shi Tian Wei Xiang Xin Xue Yi Yun Ze Zheng Zhong',
    ),
    second: words(
      'ming hua guo jun feng bin hai tao lei gang qiang ping liang hui jie xin yu hao ran bo kai long peng rui sheng',
      'tian wei xiang yang yi yuan ze zhi',
    ),
  },
  {
    first: words(
      'Mei Li Xiu Yu Xiao Jia Xin Shi Meng Si Ya Yan Hong Hui Jing Lan Ling Min Qian Qing Rui Shu Ting Wan Xia Xue Yi',
      'Ying Yue Yun Zi',
    ),
    second: words(
      'ying lan fang juan hua mei li na ting yan qin ping hong xia min hui jing qian xin yi han rui qi lin wen yao yu',
      'yue yun zhen',
    ),
  },
] as const

function words(...lines: readonly string[]): string[] {
  return lines.join(' ').split(' ')
}

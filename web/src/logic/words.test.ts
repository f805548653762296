import { describe, expect, it } from 'vitest'
import { comparisonText, formulaNames, groupingName, labelOf, periodText, phrase, pieces, type Figure } from './words'

const fig = (f: Partial<Figure>): Figure => ({
  kind: 'level', comparison: '', state: 'value', value: '1', value_hi: null, unit: '', qualifier: 'eq', ...f,
})
const plain = (s: string) => s.replaceAll('\u00a0', ' ')

describe('the indicators of a formula', () => {
  it('are its names, not its functions, places and bases', () => {
    expect(formulaNames('share(地区生产总值)')).toEqual(['地区生产总值'])
    expect(formulaNames('规上工业利润 / 规上工业利润率 - 规上工业利润')).toEqual(['规上工业利润', '规上工业利润率'])
    expect(formulaNames('pp(`上云 企业`, vs: "全国") + 5G基站数 * 2')).toEqual(['上云 企业', '5G基站数'])
    expect(formulaNames('1 + 2')).toEqual([])
  })
})

describe('words of comparison', () => {
  const rows: [string, string, string][] = [
    ['', '', ''],
    ['yoy', '同比', 'year on year'],
    ['mom', '环比', 'month on month'],
    ['qoq', '环比', 'quarter on quarter'],
    ['avg', '年均', 'a year on average'],
    ['since:2020', '较“十三五”末', 'since end of the 13th plan (2020)'],
    ['since:2023', '较2023年', 'since 2023'],
    ['since:2025-01/2025-03', '较2025年一季度', 'since Q1 2025'],
    ['vs:全国', '高于全国', 'above China'],
    ['vs:河南省', '高于河南省', 'above 河南省'],
    ['of:河南省', '占河南省', 'of 河南省'],
    ['of:GDP', '占GDP', 'of GDP'],
    ['in:河南省', '河南省', 'in 河南省'],
    ['to:GDP增长', '对GDP增长', 'to GDP增长'],
    ['record:10y', '近十年新高', 'highest in 10 years'],
    ['record:ytd', '年内新高', 'highest this year'],
    ['record:ever', '历史新高', 'highest on record'],
    ['other:x', 'other:x', 'other:x'],
  ]
  it.each(rows)('%s', (code, zh, en) => {
    expect(comparisonText(code, 'zh')).toBe(zh)
    expect(comparisonText(code, 'en')).toBe(en)
  })
  it('says below when the difference is negative', () => {
    expect(comparisonText('vs:全国', 'zh', true)).toBe('低于全国')
    expect(comparisonText('vs:全国', 'en', true)).toBe('below China')
  })
})

describe('periods', () => {
  const rows: [string, string, string][] = [
    ['2024', '2024年', '2024'],
    ['2024-09', '2024年9月', 'Sep 2024'],
    ['2024-09-20', '2024-09-20', '2024-09-20'],
    ['2025-01/2025-08', '2025年1—8月', 'Jan–Aug 2025'],
    ['2025-01/2025-06', '2025年上半年', 'H1 2025'],
    ['2021/2025', '2021—2025年', '2021–2025'],
    ['2016-Q1', '2016年一季度', 'Q1 2016'],
  ]
  it.each(rows)('%s', (p, zh, en) => {
    expect(periodText(p, 'zh')).toBe(zh)
    expect(periodText(p, 'en')).toBe(en)
  })
})

describe('labels', () => {
  it('says as of before a single day', () => {
    const day = { period: '2025-09-30', period_label: { zh: '2025年9月30日', en: '30 Sep 2025' } }
    expect([labelOf(day, 'zh'), labelOf(day, 'en')]).toEqual(['截至2025年9月30日', 'as of 30 Sep 2025'])
    expect(labelOf({ period: '2025', period_label: { zh: '2025年', en: '2025' } }, 'zh')).toBe('2025年')
    expect(labelOf({ period: '2025', period_label: { zh: '', en: '' } }, 'en')).toBe('2025')
  })
  it('names groupings in the language of the page', () => {
    expect(groupingName({ name: '行政区划', alias: 'district' }, 'en')).toBe('district')
    expect(groupingName({ name: '区', alias: '' }, 'en')).toBe('区')
    expect(groupingName({ name: '行政区划', alias: 'district' }, 'zh')).toBe('行政区划')
  })
})

describe('phrases', () => {
  const rows: [Partial<Figure>, string, string][] = [
    [{ value: '29.44', unit: '点' }, '29.44 点', '29.44 points'],
    [{ kind: 'growth', value: '46.6', unit: '%', comparison: 'since:2020' }, '较“十三五”末 +46.6%', '+46.6% since end of the 13th plan (2020)'],
    [{ kind: 'growth', value: '10', unit: '%', comparison: 'yoy', qualifier: 'over' }, '同比 超10%', '> 10% year on year'],
    [{ kind: 'pp_change', value: '0.95', unit: '百分点', comparison: 'vs:全国' }, '高于全国 0.95 个百分点', '0.95 pp above China'],
    [{ kind: 'pp_change', value: '-0.4', unit: '百分点', comparison: 'vs:全国' }, '低于全国 0.4 个百分点', '0.4 pp below China'],
    [{ kind: 'pp_change', value: '-7.8', unit: '百分点', comparison: 'since:2020' }, '较“十三五”末 −7.8 个百分点', '−7.8 pp since end of the 13th plan (2020)'],
    [{ kind: 'share', value: '10.7', unit: '%', comparison: 'of:河南省' }, '占河南省 10.7%', '10.7% of 河南省'],
    [{ kind: 'rank', value: '1', unit: '位', comparison: 'in:河南省' }, '河南省 第 1 位', 'No. 1 in 河南省'],
    [{ kind: 'rank', value: '10', unit: '位', qualifier: 'under', comparison: 'in:全国' }, '全国 前10 位', 'top 10 in China'],
    [{ kind: 'rank', value: '1', unit: '位', comparison: 'record:10y' }, '近十年新高', 'highest in 10 years'],
    [{ kind: 'change', value: '219', unit: '位', comparison: 'since:2023' }, '较2023年 +219 位', '+219 since 2023'],
    [{ value: '1000', unit: '亿元', qualifier: 'over' }, '超1,000 亿元', '> 1,000 hundred million yuan'],
    [{ value: '300', unit: '家', qualifier: 'approx' }, '约300 家', '≈ 300'],
    [{ value: '1', value_hi: '2', unit: '个', qualifier: 'range' }, '1–2 个', '1–2'],
    [{ kind: 'growth', value: '100', unit: '%', qualifier: 'doubled', comparison: 'yoy' }, '同比 翻番', 'doubled year on year'],
    [{ state: 'null', value: null }, '', ''],
  ]
  it.each(rows)('%o', (f, zh, en) => {
    expect(plain(phrase(fig(f), 'zh'))).toBe(zh)
    expect(plain(phrase(fig(f), 'en'))).toBe(en)
  })
  it('keeps the pieces apart', () => {
    expect(pieces(fig({ value: '5200', unit: '亿元', qualifier: 'over' }), 'zh')).toEqual({
      before: '', sign: '超', number: '5,200', unit: '亿元', gap: '\u00a0', after: '',
    })
  })
})

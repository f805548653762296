import { describe, expect, it } from 'vitest'
import { row } from '../logic/fixture'
import { mapOption, partsOption, seriesOption, treeOption } from './options'
import { escape, palette } from './palette'

const light = palette(false)
const dark = palette(true)

describe('series', () => {
  const rows = [row({ value: '29.44', unit: '点', period: '2024' }), row({ value: '32.94', unit: '点', period: '2025' })]
  it('has one point a period, the text of the source in the label', () => {
    const o = seriesOption(rows, 'zh', light)
    expect(o.xAxis.data).toEqual(['2024年', '2025年'])
    expect(o.series[0]?.data.map((d) => [d.value, d.text])).toEqual([[29.44, '29.44\u00a0点'], [32.94, '32.94\u00a0点']])
  })
  it('draws a gap where there is no value', () => {
    const o = seriesOption([row({ state: 'withheld', value: null })], 'en', light)
    expect(o.series[0]?.data[0]?.value).toBeNull()
  })
  it('does not let a name become markup', () => {
    expect(escape('<img src=x>&"')).toBe('&#60;img src=x&#62;&#38;&#34;')
    const o = seriesOption([row()], 'zh', light)
    expect(o.tooltip.formatter({ name: '', data: { name: '<b>', value: 1, text: '1' } })).not.toContain('<b><')
  })
})

describe('parts', () => {
  it('names and colours the remainder', () => {
    const o = partsOption(
      [row({ role: 'part', value: '5', entity: { id: 2, name: '东城区' } }), row({ role: 'remainder', value: '-1', entity: null })],
      '余额', 'zh', dark,
    )
    expect(o.xAxis.min).toBeUndefined()
    expect(partsOption([row({ value: '500' }), row({ role: 'remainder', value: '-1' })], '', 'zh', dark).xAxis.min).toBe(0)
    expect(o.yAxis.data).toEqual(['东城区', '余额'])
    expect(o.series[0]?.data.map((d) => [d.value, d.itemStyle.color])).toEqual([[5, dark.main], [-1, dark.rest]])
  })
})

describe('map', () => {
  const names = new Map([['410302', '老城区']])
  it('leaves an area without data uncoloured', () => {
    const o = mapOption('m', [
      { code: '410302', name: '老城区', value: null, text: '无数据' }, { code: '410303', name: '西工区', value: '3', text: '3' },
      { code: '410305', name: '涧西区', value: '9', text: '9' },
    ], names, light)
    expect(o.series[0]?.data.map((d) => d.value)).toEqual([null, 3, 9])
    expect(o.series[0]?.data[0]?.itemStyle.areaColor).toBe(light.empty)
    expect(o.visualMap).toMatchObject({ min: 3, max: 9 })
    expect(o.tooltip.formatter({ name: '410302', data: { name: '410302', value: null, text: '无数据' } })).toContain('老城区')
  })
  it('needs no scale without a spread', () => {
    expect(mapOption('m', [{ code: '1', name: 'a', value: '3', text: '3' }], names, light).visualMap).toBeUndefined()
    expect(mapOption('m', [], names, light).visualMap).toBeUndefined()
  })
})

describe('tree', () => {
  it('leaves room for its widest label', () => {
    const root = (text: string) => ({ id: 1, name: '洛阳市', text: '', children: [{ id: 2, name: '光电产业链', text, children: [] }] })
    const right = (text: string, narrow: boolean) => treeOption(root(text), light, narrow).series[0]?.right ?? 0
    expect(right('超500 亿元', false)).toBeGreaterThan(right('', false))
    expect(right('超500 亿元', true)).toBe(right('', true))
  })
  it('keeps names and figures of the leaves', () => {
    const o = treeOption({ id: 1, name: '洛阳市', text: '', children: [{ id: 2, name: '光电产业链', text: '超500 亿元', children: [] }] }, light, false)
    expect(o.series[0]?.data[0]?.children[0]).toMatchObject({ name: '光电产业链', text: '超500 亿元', id: '2' })
  })
})

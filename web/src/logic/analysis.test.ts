import { describe, expect, it } from 'vitest'
import type { AnalysisAnswer, AnalysisInput } from '../api/client'
import { csvText, gapsOf, inputsOf, isNumber, noteIn, optionText, short, VIEWS } from './analysis'
import texts from '../catalog/methods.json'
import { drawnLinks } from '../charts/analysis'
import { columnsOf, laterTime, picturesOf, tablesOf, type Scene } from '../views/analysis/pictures'
import { palette } from '../charts/palette'

const input = (row: string, column: string, time: string, value: string | null): AnalysisInput => ({
  row, column, time, value, unit: '人', entity: { id: 1, name: row }, indicator: { id: 2, name: 'x' }, fact: 7, facts: [], fact_count: 0,
  have: 0, of: 0, qualifier: 'eq', reason: '', formula: '', provisional: false,
})
const answer = (columns: string[], rows: string[][], inputs: AnalysisInput[], more: Partial<AnalysisAnswer> = {}): AnalysisAnswer => ({
  method: 'm', title: { zh: 'm', en: 'm' }, paper: '', unit: '人', ready: true, needs: [], notes: [], columns, rows: rows.map((cells) => ({ cells })),
  coverage: { rows: 0, columns: 0, periods: 0, have: 0, missing: 0, provisional: 0, bounds: 0 }, periods: [], other_periods: [], left_out: [], datasets: [],
  inputs, ...more,
})
const all = [input('东', '钢', '2020', '6'), input('东', '食', '2020', '2'), input('西', '钢', '2020', '4'), input('东', '钢', '2021', null), input('东', '钢', '2022', '8')]

describe('inputs of a result row', () => {
  const a = answer([], [], all)
  it('are those of its region and industry', () => expect(inputsOf(a, ['region', 'industry', 'lq'], ['东', '钢', '1.5'])).toHaveLength(3))
  it('are those of its region when that is all it names', () => expect(inputsOf(a, ['region', 'eci'], ['西', '0.1'])).toEqual([all[2]]))
  it('are all when it names none', () => expect(inputsOf(a, ['metric', 'value'], ['gini', '0.3'])).toHaveLength(5))
  it('follow the number of a period among those that are known', () =>
    expect(inputsOf(answer([], [], [all[0]!, all[3]!, all[4]!]), ['t', 'trend'], ['2', '7']).map((i) => i.time)).toEqual(['2022']))
  it('are those of the periods that the method used', () => {
    const last = answer([], [], all, { notes: ["periods used: 1, from '2022' to '2022'"] })
    expect(inputsOf(last, ['region', 'industry'], ['东', '钢']).map((i) => i.time)).toEqual(['2022'])
    const ends = answer([], [], all, { notes: ["periods used: 2, from '2020' to '2022'"] })
    expect(inputsOf(ends, ['region', 'industry'], ['东', '钢']).map((i) => i.time)).toEqual(['2020', '2022'])
  })
  it('take both ends of a link', () => expect(inputsOf(a, ['industry_1', 'industry_2', 'proximity'], ['钢', '食', '0.5'])).toHaveLength(5))
})

describe('numbers and texts', () => {
  it.each([['1.9499999999999997', 'zh', '1.95'], ['-0.12307692307692306', 'en', '\u22120.12308'], ['1342241', 'en', '1,342,241'], ['d000', 'zh', 'd000'], ['1e-12', 'en', '0.000000000001']])('%s in %s is %s', (text, locale, want) =>
    expect(short(text, locale)).toBe(want))
  it.each([['', false], ['-3', true], ['2.5e-7', true], ['2024-09', false]])('%s: a number? %s', (text, want) => expect(isNumber(text)).toBe(want))
  it('quotes what CSV wants quoted', () => expect(csvText({ columns: ['a', 'b'], rows: [['x,y', 'say "z"']] })).toBe('a,b\r\n"x,y","say ""z"""\r\n'))
  it('options travel as in an address', () => expect(optionText({ region: '', stopped: 'a;b' })).toBe('region=&stopped=a%3Bb'))
  it.each([['2014', 2, '2016'], ['2024-11', 3, '2025-02'], ['2024-Q3', 2, '2025-Q1'], ['2017-01/2017-05', 1, '2018-01/05'], ['2024-09-20', 2, '+2']])('%s and %i later is %s', (time, h, want) =>
    expect(laterTime(time, h)).toBe(want))
})

const rca = { columns: ['region', 'industry', 'value', 'rca', 'mcp', 'density'], rows: [['东', '钢', '6', '2', '1', '0.6'], ['东', '食', '2', '0.4', '0', '0.2'], ['东', '车', '1', '0.3', '0', '0.7'], ['西', '食', '9', '2', '1', '0.1']] }
const links = { columns: ['industry_1', 'industry_2', 'proximity'], rows: [['钢', '车', '0.8'], ['钢', '食', '0.1'], ['食', '车', '0.3']] }

describe('candidates of a region', () => {
  const gaps = gapsOf('东', rca, links, rca, null, null)
  it('are what it does not have, the densest first', () => expect(gaps.map((g) => g.industry)).toEqual(['车', '食']))
  it('with what is near as evidence', () => expect(gaps[0]?.near).toEqual([{ industry: '钢', proximity: 0.8 }]))
})

describe('links that are drawn', () => {
  const many = links.rows.map(([a, b, p]) => ({ a: a!, b: b!, proximity: Number(p) }))
  it('keep every node in sight', () => expect(drawnLinks(many, 0.5).map((l) => l.proximity)).toEqual([0.8, 0.3]))
  it('and every strong one', () => expect(drawnLinks(many, 0.05)).toHaveLength(3))
})

describe('pictures', () => {
  const scene = (answers: Record<string, AnalysisAnswer>, focus = '东'): Scene => ({ answers, focus, locale: 'zh', palette: palette(false), t: (k) => k })
  it('shift-share parts add up to the growth', () => {
    const rows = [['东', 'Dunn', 'Growth (t1-t)', '30'], ['东', 'Dunn', 'National share', '20.5'], ['东', 'Dunn', 'Industrial mix', '-5.25'], ['东', 'Dunn', 'Regional share', '14.75'], ['东', 'Dunn', 'Net total shift', '9.5']]
    const [p] = picturesOf('shift', scene({ shift: answer(['region', 'method', 'component', 'value'], rows, all) }))
    const series = (p?.option as { series: { data: { value: number | [number, string] }[] }[] }).series
    const parts = series.slice(0, 3).reduce((n, s) => n + (s.data[0]?.value as number), 0)
    expect(parts).toBe((series[3]?.data[0]?.value as [number, string])[0])
  })
  it('a method that was not run has no picture and no table', () => {
    const s = scene({ lq: answer([], [], [], { ready: false }) })
    expect(picturesOf('lq', s)).toEqual([])
    expect(tablesOf('lq', ['lq', 'growth'], s)).toEqual([])
  })
  it('without growth the quotients are bars', () => {
    const s = scene({ lq: answer(['region', 'industry', 'value', 'lq'], [['东', '钢', '6', '2'], ['东', '食', '2', '']], all) })
    const data = (picturesOf('lq', s)[0]?.option as { series: { data: unknown[] }[] }).series[0]?.data
    expect(data).toHaveLength(1)
  })
  it('a forecast goes on where the past ends', () => {
    const s = scene({ forecast: answer(['h', 'forecast', 'lo80', 'hi80', 'lo95', 'hi95'], [['1', '9', '8', '10', '7', '11']], [input('东', 'x', '2020', '6'), input('东', 'x', '2021', '8')]) })
    const axis = (picturesOf('series', s)[0]?.option as { xAxis: { data: string[] } }).xAxis.data
    expect(axis).toEqual(['2020', '2021', '2022'])
  })
  it('columns are chosen by name', () => expect(columnsOf({ columns: ['a', 'b'], rows: [['1', '2']] }, ['b', 'c'])).toEqual({ columns: ['b'], rows: [['2']] }))
})

describe('notes of methods', () => {
  it.each([
    ["periods used: 1, from '2014' to '2014'", '用了 1 期，2014 至 2014'],
    ['3 regions, 3 industries, 9 rows; the 0 pairs without a row count as 0', '3 个地区、3 个行业、9 个单元；0 个没有数值的单元按 0（不具备）计'],
    ['2 of 9 pairs qualify; the score is the sum', '9 对中有 2 对合格；得分＝满足的计分规则权重之和；不满足的逐条列出'],
  ])('%s', (note, zh) => expect(noteIn(note, 'zh')).toEqual({ text: zh, lang: undefined }))
  it('stay as they are in English', () => expect(noteIn('x', 'en').text).toBe('x'))
  it('are marked as English where no words are known', () => expect(noteIn('never heard of', 'zh')).toEqual({ text: 'never heard of', lang: 'en' }))
})

describe('how it is computed', () => {
  it.each(Object.keys(VIEWS))('%s is told in both languages, every part', (id) => {
    const words = texts[id as keyof typeof texts]
    for (const l of ['zh', 'en'] as const) for (const part of ['what', 'how', 'formula', 'convention', 'weak'] as const) expect(words[l][part].length).toBeGreaterThan(5)
  })
})

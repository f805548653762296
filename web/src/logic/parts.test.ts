import { describe, expect, it } from 'vitest'
import { row } from './fixture'
import { byPeriod, formOf, isZero, partitions, series } from './parts'

const part = (value: string, over = {}) => row({ role: 'part', value, ...over })

describe('partitions', () => {
  it('adds parts and remainder up to the whole, to the digit', () => {
    const [p] = partitions([
      row({ role: 'whole', value: '68630320' }),
      ...['5184444', '11261890', '34956514', '5084474', '12142999'].map((v) => part(v)),
      row({ role: 'remainder', value: '-1', reason: 'rounding', entity: null }),
    ])
    expect(p?.partsSum).toBe('68630321')
    expect(p?.total).toBe('68630320')
    expect(p?.agrees).toBe(true)
  })
  it('says when they do not', () => {
    const [p] = partitions([row({ role: 'whole', value: '10' }), part('4'), row({ role: 'remainder', value: '5' })])
    expect(p?.agrees).toBe(false)
  })
  it('adds nothing up when there is no remainder: rates', () => {
    const [p] = partitions([row({ role: 'whole', kind: 'growth', value: '4.4' }), part('1.1', { kind: 'growth' })])
    expect(p?.total).toBeNull()
    expect(p?.agrees).toBe(false)
  })
  it('keeps series and periods apart', () => {
    const ps = partitions([
      row({ role: 'whole', value: '1', period: '2023' }), part('1', { period: '2023' }),
      row({ role: 'whole', value: '2', period: '2024' }), part('2', { period: '2024' }),
      row({ role: 'whole', value: '2', period: '2024', series: 2, modality: 'plan' }),
    ])
    expect(ps.map((p) => [p.period, p.modality, p.parts.length])).toEqual([
      ['2023', 'actual', 1], ['2024', 'actual', 1], ['2024', 'plan', 0],
    ])
  })
  it('leaves a missing part out of the sum, it is not zero', () => {
    const [p] = partitions([
      row({ role: 'whole', value: '10' }), part('4'), part('0', { state: 'withheld', value: null }),
      row({ role: 'remainder', value: '6' }),
    ])
    expect(p?.partsSum).toBe('4')
    expect(p?.agrees).toBe(true)
  })
  it('knows a remainder of zero', () => {
    expect(isZero(row({ value: '0.00' }))).toBe(true)
    expect(isZero(row({ value: '-1' }))).toBe(false)
    expect(isZero(row({ value: null, state: 'null' }))).toBe(false)
  })
})

describe('series', () => {
  it('orders by the end of the period and parts by kind, comparison, modality', () => {
    expect(series(['2017-05', '2017-01/2017-05', '2017-04'].map((period) => row({ period }))).map((s) => [s.form, s.rows.length])).toEqual([
      ['month', 2], ['months', 1],
    ])
    const s = series([
      row({ period: '2025-09-30', value: '32.94' }), row({ period: '2024-09-20', value: '29.44' }),
      row({ period: '2024', kind: 'growth', comparison: 'yoy' }), row({ period: '2024', modality: 'target' }),
    ])
    expect(s.map((x) => x.rows.map((r) => r.period))).toEqual([['2024-09-20', '2025-09-30'], ['2024'], ['2024']])
  })
  it('knows the forms of periods', () => {
    const forms = ['2024', '2024-05-31', '2024-05', '2024-Q1', '2024-01/2024-05', '2021/2025'].map(formOf)
    expect(forms).toEqual(['point', 'point', 'month', 'quarter', 'months', 'years'])
  })
  it('puts a year after its months', () => {
    const rows = ['2024', '2024-05', '2023', '2024-01/2024-06'].map((period) => row({ period }))
    expect(rows.sort(byPeriod).map((r) => r.period)).toEqual(['2023', '2024-05', '2024-01/2024-06', '2024'])
  })
})

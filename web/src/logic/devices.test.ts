import { describe, expect, it } from 'vitest'
import type { ReadingItem } from '../api/client'
import { absences, bindCsv, clock, corrections, extremes, gapOf, lineOf, rangeOf, RANGES, sparkPath, touches } from './devices'

const at = (minute: number, value: string | null, state: ReadingItem['state'] = 'value'): ReadingItem => ({
  time: `2026-11-23T00:${String(minute).padStart(2, '0')}:00+08:00`, ms: minute * 60_000, value, state,
})

describe('readings', () => {
  it('breaks the line at absences and at silence', () => {
    const v = [at(0, '1'), at(1, '2'), at(2, null, 'offline'), at(3, '4'), at(30, '5')]
    expect(lineOf(v, 900_000)).toEqual([[0, 1], [60_000, 2], [120_000, null], [180_000, 4], [180_001, null], [1_800_000, 5]])
    expect(absences(v, 900_000).map((a) => [a.from.ms, a.to?.ms ?? null, a.state])).toEqual([[120_000, 180_000, 'offline'], [180_000, 1_800_000, 'silent']])
  })
  it('joins absences that follow each other, and leaves the last one open', () => {
    const v = [at(0, '1'), at(1, null, 'withheld'), at(2, null, 'withheld'), at(3, null, 'null')]
    expect(absences(v, 1e9).map((a) => [a.from.ms, a.to?.ms ?? null, a.state])).toEqual([[60_000, 180_000, 'withheld'], [180_000, null, 'null']])
  })
  it('is silent up to the end, where nothing came since', () => {
    expect(absences([at(0, '1')], 900_000, 3600e3)).toEqual([{ from: at(0, '1'), to: null, state: 'silent' }])
    expect(absences([at(0, '1')], 900_000, 900_000)).toEqual([])
  })
  it('a thinned line has gaps of its span', () => {
    expect(gapOf(900, 0, 365 * 86400e3, 1000, true)).toBe(365 * 86400)
    expect(gapOf(900, 0, 365 * 86400e3, 1000, false)).toBe(900_000)
  })
  it('compares decimals exactly', () => {
    const v = [at(0, '0.1000000000000000001'), at(1, '0.1000000000000000002'), at(2, null, 'offline'), at(3, '-2')]
    expect([extremes(v)?.low.ms, extremes(v)?.high.ms]).toEqual([180_000, 60_000])
    expect(extremes([at(2, null, 'offline')])).toBeNull()
  })
  it('of a corrected reading the last one counts', () => {
    const c = corrections([at(0, '1'), at(0, '2'), at(0, '3'), at(1, '9')])
    expect(c.map((x) => [x.ms, x.was.map((w) => w.value), x.now.value])).toEqual([[0, ['1', '2'], '3']])
  })
  it('times are those of the interface', () => {
    expect(clock('2026-11-23T07:56:00+08:00')).toBe('2026-11-23 07:56:00')
    expect(clock(null)).toBe('')
  })
  it('a range ends now, or with the last reading', () => {
    const now = Date.parse('2026-11-23T08:00:00+08:00')
    expect(rangeOf('day', now, '2026-11-23T07:00:00+08:00')).toEqual([now - RANGES.day, now])
    const old = Date.parse('2025-01-01T00:00:00+08:00')
    expect(rangeOf('day', now, '2025-01-01T00:00:00+08:00')).toEqual([old + 1 - RANGES.day, old + 1])
    expect(rangeOf('hour', now, null)).toEqual([now - RANGES.hour, now])
  })
})

describe('live', () => {
  it('concerns cells by entity and indicator', () => {
    const r = { kind: 'readings' as const, sequence: 1, all: false, touched: [{ entity: 1, indicator: 2 }] }
    expect(touches(r, [{ entity: 1, indicator: 2 }])).toBe(true)
    expect(touches(r, [{ entity: 1, indicator: 3 }, { entity: 2, indicator: 2 }])).toBe(false)
  })
  it('the small line breaks where a window is missing', () => {
    const w = (hour: number, value: string) => ({ begin: '', ms: hour * 3600e3, value, have: 1, of: 1 })
    expect(sparkPath([w(0, '0'), w(1, '10'), w(4, '5')], 3600e3, 100, 20)).toBe('M0.0 20.0L25.0 0.0M100.0 10.0')
    expect(sparkPath([], 3600e3, 100, 20)).toBe('')
  })
})

describe('binding', () => {
  it('writes a row a point, quoted where needed', () => {
    const points = [{ id: 3, series: 'm,id=1' }, { id: 5, series: 'n' }]
    expect(bindCsv(points, '#7', '电表')).toBe('point,entity,profile,device\n3,#7,电表,"m,id=1"\n5,#7,电表,n\n')
    expect(bindCsv(points.slice(1), '甲, 乙', '电"表"', 'D1')).toBe('point,entity,profile,device\n5,"甲, 乙","电""表""",D1\n')
  })
})

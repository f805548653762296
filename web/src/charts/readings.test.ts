import { describe, expect, it } from 'vitest'
import { palette } from './palette'
import { axisTime, readingsOption, timeText, trendOption } from './readings'

const light = palette(false)

describe('readings', () => {
  it('shows times of UTC+8 wherever the reader is', () => {
    const midnight = Date.parse('2026-11-23T00:00:00+08:00')
    expect(timeText(midnight)).toBe('2026-11-23 00:00:00')
    expect([axisTime(midnight, 3600e3), axisTime(midnight + 60e3, 3600e3), axisTime(midnight, 90 * 86400e3), axisTime(midnight, 366 * 86400e3)]).toEqual([
      '11-23', '00:01', '11-23', '2026-11-23',
    ])
  })
  it('draws the window within the whole range, gaps as gaps', () => {
    const o = readingsOption([[0, 1], [1, null], [5, 2]], { first: -100, last: 100, from: 0, to: 10 }, new Map([[0, '1.00 千瓦']]), light)
    expect([o.xAxis.min, o.xAxis.max, o.dataZoom[0]?.startValue, o.dataZoom[0]?.endValue]).toEqual([-100, 100, 0, 10])
    expect(o.series[0]?.data[1]).toEqual([1, null])
    expect(o.series[0]?.connectNulls).toBe(false)
    expect(o.tooltip.formatter([{ value: [0, 1] }])).toContain('1.00 千瓦')
    expect(o.tooltip.formatter([{ value: [1, null] }])).toBe('')
  })
})

describe('trend', () => {
  it('has a bar a window, none where there is none', () => {
    const w = (ms: number, value: string) => ({ begin: timeText(ms), ms, value, have: 1, of: 2 })
    const o = trendOption([w(0, '1.5'), w(7200e3, '2')], (x) => `<${x.value}>`, light)
    expect(o.series[0]?.data).toEqual([[0, 1.5], [7200e3, 2]])
    expect(o.tooltip.formatter([{ value: [0, 1.5] }])).toContain('&#60;1.5&#62;')
  })
})

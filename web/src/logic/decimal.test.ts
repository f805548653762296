import { describe, expect, it } from 'vitest'
import { add, parse, percentText, pixels, print, same, sign, sub, sumText } from './decimal'

const dec = (t: string) => {
  const d = parse(t)
  if (!d) throw new Error(t)
  return d
}

describe('decimal', () => {
  it('keeps the digits of the text', () => {
    for (const t of ['0', '-1', '0.95', '2.0', '-7.80', '68630320', '0.00'])
      expect(print(dec(t))).toBe(t === '-0' ? '0' : t)
  })
  it('refuses what is no decimal', () => {
    for (const t of ['', '1e3', '1,000', 'NaN', '.5', '5.', '--1', '0x10']) expect(parse(t)).toBeNull()
  })
  it('adds what floats cannot', () => {
    expect(print(add(dec('0.1'), dec('0.2')))).toBe('0.3')
    expect(sumText(['9007199254740993', '1'])).toBe('9007199254740994')
    expect(sumText(['1.5', 'x'])).toBeNull()
    expect(sumText([])).toBe('0')
  })
  it('adds the districts of Beijing and their remainder up to the whole', () => {
    const parts = ['5184444', '11261890', '34956514', '5084474', '12142999']
    expect(sumText(parts)).toBe('68630321')
    expect(sumText([...parts, '-1'])).toBe('68630320')
  })
  it('subtracts and compares across scales', () => {
    expect(print(sub(dec('503.7'), dec('503.70')))).toBe('0.00')
    expect(same(dec('2'), dec('2.00'))).toBe(true)
    expect(same(dec('2'), dec('2.01'))).toBe(false)
  })
  it('gives shares as percent, rounded half away from zero', () => {
    expect(percentText('1', '3', 1)).toBe('33.3')
    expect(percentText('1', '8', 1)).toBe('12.5')
    expect(percentText('1', '16', 1)).toBe('6.3')
    expect(percentText('-1', '16', 1)).toBe('-6.3')
    expect(percentText('1', '0', 1)).toBeNull()
  })
  it('knows the sign', () => {
    expect([sign('-0.0'), sign('-2'), sign('3.1')]).toEqual([0, -1, 1])
  })
  it('gives pixels or nothing', () => {
    expect(pixels('46.6')).toBe(46.6)
    expect(pixels(null)).toBeNull()
    expect(pixels('over')).toBeNull()
  })
})

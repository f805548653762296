import { describe, expect, it } from 'vitest'
import { amount, count, digits, digitsIn, fmt, signed, unitText } from './fmt'

describe('fmt', () => {
  it('groups by three and keeps every digit', () => {
    expect(digits('68630320')).toBe('68,630,320')
    expect(digits('308.70')).toBe('308.70')
    expect(digits('-7.8')).toBe('−7.8')
    expect(digits('100')).toBe('100')
    expect(digits('1000.1234567')).toBe('1,000.1234567')
    expect(digits('90071992547409931234.5')).toBe('90,071,992,547,409,931,234.5')
  })
  it('groups within a phrase, but not days', () => {
    expect(digitsIn('65700385.35 – 65763353.52 万元')).toBe('65,700,385.35 – 65,763,353.52 万元')
    expect(digitsIn('-1539.7 亿元')).toBe('−1,539.7 亿元')
    expect(digitsIn('-679 个')).toBe('−679 个')
    expect(digitsIn('2012-06')).toBe('2012-06')
    expect(digitsIn('2024-03-05')).toBe('2024-03-05')
    expect(digitsIn('13.5 %')).toBe('13.5 %')
  })
  it('leaves words alone', () => {
    expect(digits('n/a')).toBe('n/a')
  })
  it('shows the sign of a change', () => {
    expect(signed('46.6')).toBe('+46.6')
    expect(signed('-7.8')).toBe('−7.8')
    expect(signed('0.0')).toBe('0.0')
  })
  it('writes the unit in the language of the page', () => {
    expect(fmt('308.7', '亿元', 'zh')).toBe('308.7\u00a0亿元')
    expect(fmt('308.7', '亿元', 'en')).toBe('308.7\u00a0hundred million yuan')
    expect(fmt('46.6', '%', 'en')).toBe('46.6%')
    expect(fmt('104', '家', 'en')).toBe('104')
    expect(fmt('104', '家', 'zh')).toBe('104\u00a0家')
    expect(unitText('光年', 'en')).toBe('光年')
  })
  it('writes the unit of a phrase so too', () => {
    expect(amount('10853 个', 'en')).toBe('10,853')
    expect(amount('-1630.7 亿元', 'en')).toBe('−1,630.7\u00a0hundred million yuan')
    expect(amount('63.87 … 64.05 %', 'zh')).toBe('63.87 … 64.05%')
    expect(amount('第 1 位', 'zh')).toBe('第 1\u00a0位')
    expect(amount('no base', 'en')).toBe('no base')
  })
  it('counts things', () => {
    expect(count(12345, 'zh')).toBe('12,345')
    expect(count(12345, 'en')).toBe('12,345')
  })
})

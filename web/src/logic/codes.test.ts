import { describe, expect, it } from 'vitest'
import { division, mapOf } from './codes'

describe('codes', () => {
  it('reads divisions', () => {
    expect(division('2260:410300')).toBe('410300')
    expect(division('410300')).toBe('410300')
    for (const other of ['', '17:91410300X', '4754:C', '2260:4103']) expect(division(other)).toBe('')
  })
  it('finds the map of a division', () => {
    const maps = ['41', '4103']
    expect(mapOf('2260:410300', maps)).toBe('4103')
    expect(mapOf('2260:410000', maps)).toBe('41')
    expect(mapOf('2260:410308', maps)).toBe('')
    expect(mapOf('2260:110000', maps)).toBe('')
    expect(mapOf('', maps)).toBe('')
  })
})

import { describe, expect, it } from 'vitest'
import { en } from './en'
import { zh } from './zh'

const places = (s: string) => [...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

describe('texts', () => {
  it('have equal keys in the same order in zh and en', () => {
    expect(Object.keys(en)).toEqual(Object.keys(zh))
  })
  it.each(Object.keys(zh))('%s', (key) => {
    const a = zh[key as keyof typeof zh]
    const b = en[key as keyof typeof zh]
    expect(a.trim()).not.toBe('')
    expect(b.trim()).not.toBe('')
    expect(places(b)).toEqual(places(a))
  })
  it('have no Chinese in English, but for the switch of the language', () => {
    const mixed = Object.entries(en).filter(([k, v]) => k !== 'locale.switch' && /[一-鿿]/.test(v))
    expect(mixed).toEqual([])
  })
})

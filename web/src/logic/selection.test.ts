import { expect, it } from 'vitest'
import { kept, stretched, toggled } from './selection'

const list = [10, 20, 30, 40]
const of = (s: Set<number>) => [...s].sort((a, b) => a - b)

it('one is chosen and let go', () => {
  expect(of(toggled(new Set([10]), 20))).toEqual([10, 20])
  expect(of(toggled(new Set([10]), 10))).toEqual([])
})
it('a stretch takes the state of where it began, in either direction', () => {
  expect(of(stretched(new Set([30]), list, 30, 10))).toEqual([10, 20, 30])
  expect(of(stretched(new Set([10, 20, 30]), list, 40, 20))).toEqual([10])
  expect(of(stretched(new Set(), list, 99, 20))).toEqual([20])
})
it('what is gone is not kept', () => {
  expect(of(kept(new Set([10, 99]), list))).toEqual([10])
})

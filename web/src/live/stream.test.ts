import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { follow, MISSED, readingsOf, revisionOf, type News } from './stream'
import { pace } from './pace'

describe('live stream', () => {
  it('reads the revision and nothing else', () => {
    expect(revisionOf('{"revision":7}')).toBe(7)
    for (const bad of ['', '7', 'null', '{}', '{"revision":"7"}', '{']) expect(revisionOf(bad)).toBeNull()
  })
  it('reads which cells took readings', () => {
    expect(readingsOf('{"sequence":9,"all":false,"touched":[{"entity":3,"indicator":4},{"entity":"x"}]}')).toEqual({
      kind: 'readings', sequence: 9, all: false, touched: [{ entity: 3, indicator: 4 }],
    })
    for (const bad of ['', 'null', '{}', '{"sequence":1,"all":false}', '{"sequence":"1","all":true,"touched":[]}']) expect(readingsOf(bad)).toBeNull()
  })
})

class FakeSource extends EventTarget {
  static readonly CLOSED = 2
  static made: FakeSource[] = []
  readyState = 0
  constructor(readonly url: string) {
    super()
    FakeSource.made.push(this)
  }
  close(): void {
    this.readyState = 2
  }
}

describe('after a break', () => {
  beforeEach(() => {
    vi.useFakeTimers()
    FakeSource.made = []
    vi.stubGlobal('EventSource', FakeSource)
  })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
  it('leaves a broken stream to EventSource, which sends the id of the last event', () => {
    const heard: News[] = []
    const stop = follow((n) => heard.push(n))
    FakeSource.made[0]?.dispatchEvent(new Event('open'))
    FakeSource.made[0]?.dispatchEvent(new Event('error'))
    vi.advanceTimersByTime(60_000)
    FakeSource.made[0]?.dispatchEvent(new Event('open'))
    expect(FakeSource.made.length).toBe(1)
    expect(heard).not.toContainEqual(MISSED)
    stop()
  })
  it('opens a refused one again, and says that something may be missed', () => {
    const heard: News[] = []
    const stop = follow((n) => heard.push(n))
    const first = FakeSource.made[0] as FakeSource
    first.readyState = 2
    first.dispatchEvent(new Event('error'))
    vi.advanceTimersByTime(10_000)
    expect(FakeSource.made.length).toBe(2)
    expect(heard).not.toContainEqual(MISSED)
    FakeSource.made[1]?.dispatchEvent(new Event('open'))
    expect(heard.at(-1)).toEqual(MISSED)
    stop()
  })
})

describe('pace', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  it('runs at once, then at most once an interval, and never loses the last call', () => {
    let n = 0
    const p = pace(() => void n++, 1000)
    for (let i = 0; i < 50; i++) p.call()
    expect(n).toBe(1)
    vi.advanceTimersByTime(999)
    expect(n).toBe(1)
    vi.advanceTimersByTime(1)
    expect(n).toBe(2)
    vi.advanceTimersByTime(5000)
    expect(n).toBe(2)
    p.call()
    expect(n).toBe(3)
    p.call()
    p.stop()
    vi.advanceTimersByTime(5000)
    expect(n).toBe(3)
  })
})

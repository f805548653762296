import { describe, expect, it } from 'vitest'
import { revisionOf } from './stream'

describe('live stream', () => {
  it('reads the revision and nothing else', () => {
    expect(revisionOf('{"revision":7}')).toBe(7)
    for (const bad of ['', '7', 'null', '{}', '{"revision":"7"}', '{']) expect(revisionOf(bad)).toBeNull()
  })
})

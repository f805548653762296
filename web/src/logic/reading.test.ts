import { describe, expect, it } from 'vitest'
import type { Claim, Noise } from '../api/client'
import { isPage, layout, marksOf, pieces, runs } from './reading'

function claim(start: number, end: number, more: Partial<Claim> = {}): Claim {
  return {
    id: start + 1, document: 1, start, end, nth: 0, text: '', version: 1, state: 'filed', reason: '', subject: '', indicator: '',
    kind: 'level', qualifier: 'eq', modality: 'actual', value: '1', value_hi: '', unit: '', period: '', comparison: '', fact: 1,
    action: 'read', note: '', actor: '', at: '', entity: null, indicator_ref: null, history: [], ...more,
  }
}
const noise = (start: number, end: number): Noise => ({ start, end, class: 'date' })
const shown = (l: ReturnType<typeof layout>) => l.chunks.flatMap((c) => c.lines.map((s) => s.map((x) => x.text).join('')))
const marked = (l: ReturnType<typeof layout>, mark: number) => l.chunks.flatMap((c) => c.lines.flat()).filter((s) => s.mark === mark).map((s) => s.text).join('')

describe('marks', () => {
  it('joins claims of one span and drops noise under a claim', () => {
    const m = marksOf([claim(5, 9), claim(5, 9, { nth: 1 }), claim(12, 14)], [noise(0, 4), noise(6, 8), noise(13, 20), noise(20, 22)])
    expect(m.map((x) => [x.start, x.end, x.claims.length])).toEqual([[0, 4, 0], [5, 9, 2], [12, 14, 1], [20, 22, 0]])
  })
  it('keeps a claim that lies within another reachable', () => {
    expect(marksOf([claim(5, 9), claim(6, 8)], []).map((m) => m.claims)).toEqual([[0, 1]])
  })
})

describe('layout of plain text', () => {
  it('marks the characters of the span', () => {
    const text = '2024年，产值104家。\n\n第二行 9.2%'
    const l = layout(text, [claim(8, 12), claim(text.length - 4, text.length)], [noise(0, 5)])
    expect(shown(l)).toEqual(['2024年，产值104家。', '第二行 9.2%'])
    expect(marked(l, 0)).toBe('2024年')
    expect(marked(l, 1)).toBe('104家')
    expect(marked(l, 2)).toBe('9.2%')
  })
  it('counts code points where the text has rare characters', () => {
    const text = '𠮷𠮷市产值104家'
    const l = layout(text, [claim(5, 9)], [])
    expect(marked(l, 0)).toBe('104家')
  })
  it('loses and invents nothing, whatever the spans', () => {
    const text = Array.from({ length: 3000 }, (_, i) => `第${i}行，产值${i}亿元。`).join('\n')
    const claims = Array.from({ length: 900 }, (_, i) => claim(i * 11, i * 11 + 1 + (i % 7)))
    const l = layout(text, claims, [])
    expect(shown(l).join('\n')).toBe(text)
    expect(l.chunks.length).toBeGreaterThan(10)
    const drawn = new Map<number, string>()
    for (const line of l.chunks.flatMap((c) => c.lines)) for (const x of line) drawn.set(x.mark, (drawn.get(x.mark) ?? '') + x.text)
    l.marks.forEach((m, i) => expect(drawn.get(i) ?? '').toBe(text.slice(m.start, m.end).replaceAll('\n', '')))
    for (const i of drawn.keys()) if (i >= 0) expect(l.chunks[l.chunkOfMark[i]!]!.lines.flat().some((x) => x.mark === i && x.first)).toBe(true)
  })
  it('cuts a line without end', () => {
    const l = layout('9'.repeat(300000), [], [])
    expect(Math.max(...l.chunks.map((c) => c.size))).toBeLessThan(6000)
    expect(shown(l).join('').length).toBe(300000)
  })
})

describe('layout of a page', () => {
  const page = '<html><head><style>p{color:red}</style><title>公报</title></head><body><p>产值&nbsp;<b>104</b>家</p><!-- 9 --><table><tr><td>利润</td><td>5亿元</td></tr></table></body></html>'
  it('is known by its tags', () => {
    expect(isPage(page)).toBe(true)
    expect(isPage('增长<5%')).toBe(false)
  })
  it('shows no tag, script, style or comment and keeps the place', () => {
    const start = page.indexOf('104')
    const l = layout(page, [claim(start, page.indexOf('家') + 1)], [])
    expect(shown(l)).toEqual(['公报', '产值 104家', ' 利润  5亿元 '])
    expect(marked(l, 0)).toBe('104家')
  })
  it('gives no way in for what a page holds', () => {
    expect(pieces('<p><script>alert(1)').every((p) => p.show !== null)).toBe(true)
    expect(shown(layout('<p>&lt;img src=x&gt;&#0;&#xD800;</p>', [], []))).toEqual(['<img src=x>\ufffd\ufffd'])
  })
})

it('runs', () => {
  expect(runs([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]])
})

/* The text of a document as lines of segments, cut into chunks that are drawn only when they are near.
 * Offsets of claims and noise are code points of the text; tags of a page are left out, their place is kept. */
import type { Claim, Noise } from '../api/client'

export interface Segment {
  text: string
  mark: number /* index into marks, -1 = plain */
  first: boolean /* of its mark: the one that is jumped to */
}
export interface Mark {
  start: number
  end: number
  claims: number[] /* indices into the claims; empty = noise */
  noise: string /* class, '' for claims */
}
export interface Chunk {
  lines: Segment[][]
  size: number /* characters, for the height before it is drawn */
}
export interface Layout {
  chunks: Chunk[]
  marks: Mark[]
  chunkOfMark: number[]
}

const CHUNK = 2500
const LINE = 1200 /* a line without end is cut */

/* Claims first; noise only where no claim is. Of overlapping spans the earlier one is drawn. */
export function marksOf(claims: readonly Claim[], noise: readonly Noise[]): Mark[] {
  const marks: Mark[] = []
  for (let i = 0; i < claims.length; i++) {
    const c = claims[i]!
    const last = marks[marks.length - 1]
    if (last && last.start === c.start && last.end === c.end) last.claims.push(i)
    else if (!last || c.start >= last.end) marks.push({ start: c.start, end: c.end, claims: [i], noise: '' })
    else last.claims.push(i)
  }
  const all = marks.slice()
  let at = 0
  for (const n of [...noise].sort((a, b) => a.start - b.start || a.end - b.end)) {
    while (at < marks.length && marks[at]!.end <= n.start) at++
    const over = at < marks.length && marks[at]!.start < n.end
    if (!over && n.end > n.start) all.push({ start: n.start, end: n.end, claims: [], noise: n.class })
  }
  all.sort((a, b) => a.start - b.start)
  return all.filter((m, i) => i === 0 || m.start >= all[i - 1]!.end || m.claims.length > 0)
}

/* Index of UTF-16 units per code point; null while they are the same. */
function unitsOf(text: string): Uint32Array | null {
  if (!/[\ud800-\udbff]/.test(text)) return null
  const out = new Uint32Array(text.length + 1)
  let n = 0
  for (let i = 0; i < text.length; n++) {
    out[n] = i
    i += text.codePointAt(i)! > 0xffff ? 2 : 1
  }
  out[n] = text.length
  return out.slice(0, n + 1)
}

export function isPage(text: string): boolean {
  return /<(?:!doctype|html|body|head|div|p|br|table|span|td|meta)\b/i.test(text.slice(0, 20000))
}

const HIDDEN = /<(script|style|noscript)\b[\s\S]*?(?:<\/\1\s*>|$)|<!--[\s\S]*?(?:-->|$)|<\/?([a-z][a-z0-9]*)\b[^<>]*>|<![^<>]*>|&(#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8});/gi
const BLOCK = /^(?:p|div|br|tr|li|ul|ol|h[1-6]|table|title|section|article|header|footer|blockquote|dl|dt|dd|hr)$/i
const NAMED: Readonly<Record<string, string>> = { nbsp: ' ', amp: '&', lt: '<', gt: '>', quot: '"', ldquo: '“', rdquo: '”', mdash: '—', middot: '·', ensp: ' ', emsp: ' ' }

function entity(name: string): string {
  if (name[0] !== '#') return NAMED[name.toLowerCase()] ?? `&${name};`
  const n = name[1] === 'x' || name[1] === 'X' ? parseInt(name.slice(2), 16) : parseInt(name.slice(1), 10)
  return n > 0 && n <= 0x10ffff && (n < 0xd800 || n > 0xdfff) ? String.fromCodePoint(n) : '\ufffd'
}

interface Piece {
  from: number
  to: number /* units of the text */
  show: string | null /* instead of the text itself; '\n' ends a line */
}

/* What of a page is shown; a plain text is one piece. */
export function pieces(text: string): Piece[] {
  if (!isPage(text)) return [{ from: 0, to: text.length, show: null }]
  const out: Piece[] = []
  let at = 0
  for (const m of text.matchAll(HIDDEN)) {
    if (m.index > at) out.push({ from: at, to: m.index, show: null })
    const end = m.index + m[0].length
    if (m[3]) out.push({ from: m.index, to: end, show: entity(m[3]) })
    else if (m[2] && BLOCK.test(m[2])) out.push({ from: m.index, to: end, show: '\n' })
    else if (m[2] && /^t[dh]$/i.test(m[2])) out.push({ from: m.index, to: end, show: ' ' })
    at = end
  }
  if (at < text.length) out.push({ from: at, to: text.length, show: null })
  return out
}

class Builder {
  readonly chunks: Chunk[] = []
  readonly chunkOfMark: number[] = []
  private line: Segment[] = []
  private length = 0
  private lines: Segment[][] = []
  private size = 0
  private readonly seen = new Set<number>()

  add(text: string, mark: number): void {
    if (!text) return
    const last = this.line[this.line.length - 1]
    if (last && last.mark === mark) last.text += text
    else {
      const first = mark >= 0 && !this.seen.has(mark)
      if (first) {
        this.seen.add(mark)
        this.chunkOfMark[mark] = this.chunks.length
      }
      this.line.push({ text, mark, first })
    }
    this.length += text.length
    this.size += text.length
    if (this.length > LINE && mark < 0) this.endLine(true)
  }
  endLine(soft: boolean): void {
    const empty = this.line.every((s) => s.mark < 0 && !s.text.trim())
    if (!empty) this.lines.push(this.line)
    this.line = []
    this.length = 0
    if (this.size >= CHUNK || (soft && this.size >= LINE)) this.endChunk()
  }
  endChunk(): void {
    if (this.lines.length) this.chunks.push({ lines: this.lines, size: this.size })
    this.lines = []
    this.size = 0
  }
}

export function layout(text: string, claims: readonly Claim[], noise: readonly Noise[]): Layout {
  const marks = marksOf(claims, noise)
  const units = unitsOf(text)
  const unit = (cp: number) => (units ? (units[Math.min(cp, units.length - 1)] ?? text.length) : Math.min(cp, text.length))
  const from = marks.map((m) => unit(m.start))
  const to = marks.map((m) => unit(m.end))
  const b = new Builder()
  let m = 0
  const put = (s: string, mark: number) => {
    const parts = s.split('\n')
    parts.forEach((p, i) => {
      if (i) b.endLine(false)
      for (let k = 0; k < p.length; k += LINE) b.add(p.slice(k, k + LINE).replace(/\r/g, ''), mark)
    })
  }
  for (const p of pieces(text)) {
    while (m < marks.length && to[m]! <= p.from) m++
    if (p.show !== null) {
      put(p.show, m < marks.length && from[m]! <= p.from && p.show !== '\n' ? m : -1)
      continue
    }
    let at = p.from
    for (let k = m; at < p.to; k++) {
      const start = k < marks.length ? Math.max(from[k]!, at) : p.to
      if (start > at) put(text.slice(at, Math.min(start, p.to)), -1)
      if (k >= marks.length || start >= p.to) break
      const end = Math.min(to[k]!, p.to)
      put(text.slice(start, end), k)
      at = end
    }
  }
  b.endLine(false)
  b.endChunk()
  return { chunks: b.chunks, marks, chunkOfMark: b.chunkOfMark }
}

/* Claims in runs, so that a long list is drawn piece by piece as well. */
export function runs<T>(list: readonly T[], size: number): T[][] {
  const out: T[][] = []
  for (let i = 0; i < list.length; i += size) out.push(list.slice(i, i + size))
  return out
}

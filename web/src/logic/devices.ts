/* Devices and what they sent: order, words and shapes of states, lines of readings with their gaps. */
import type { PointItem, ReadingItem, TrendWindow } from '../api/client'
import type { Cell, Readings } from '../live/stream'
import { parse, pixels, sub } from './decimal'

export type Freshness = PointItem['freshness']
export const FRESHNESS: readonly Freshness[] = ['online', 'stale', 'offline', 'never']

/* '2026-11-23T07:56:00+08:00' -> '2026-11-23 07:56:00'; times of the interface are of UTC+8. */
export function clock(time: string | null): string {
  return time ? time.slice(0, 19).replace('T', ' ') : ''
}

/* Does news of readings touch one of these cells? */
export function touches(r: Readings, cells: readonly Cell[]): boolean {
  return r.touched.some((t) => cells.some((c) => c.entity === t.entity && c.indicator === t.indicator))
}
export function cellsOf(points: readonly Pick<PointItem, 'entity' | 'indicator'>[]): Cell[] {
  return points.flatMap((p) => (p.entity && p.indicator ? [{ entity: p.entity.id, indicator: p.indicator.id }] : []))
}

/* A line of readings as [ms, value]: null where the line breaks. It breaks at an absence, and where two readings are
 * further apart than gap_ms. */
export type Pair = [number, number | null]

export function lineOf(readings: readonly ReadingItem[], gap_ms: number): Pair[] {
  const out: Pair[] = []
  let before: number | null = null
  for (const r of readings) {
    if (before !== null && r.ms - before > gap_ms) out.push([before + 1, null])
    out.push([r.ms, r.state === 'value' ? pixels(r.value) : null])
    before = r.ms
  }
  return out
}

/* A server that thins gives of each span the first, the lowest, the highest and the last reading: readings of one span
 * may be that far apart without a gap. */
export function gapOf(max_gap_s: number, from: number, to: number, width: number, thinned: boolean): number {
  return Math.max(max_gap_s * 1000, thinned ? (to - from) / width : 0)
}

/* Stretches without a number: stated absences, and silence longer than gap_ms, also up to the end of what is looked at. */
export interface Absence {
  from: ReadingItem
  to: ReadingItem | null
  state: ReadingItem['state'] | 'silent'
}
export function absences(readings: readonly ReadingItem[], gap_ms: number, end_ms = -Infinity): Absence[] {
  const out: Absence[] = []
  readings.forEach((r, i) => {
    const next = readings[i + 1] ?? null
    const last = out.at(-1)
    if (r.state !== 'value') {
      if (last && last.to === r && last.state === r.state) last.to = next
      else out.push({ from: r, to: next, state: r.state })
    } else if ((next?.ms ?? end_ms) - r.ms > gap_ms) {
      out.push({ from: r, to: next, state: 'silent' })
    }
  })
  return out
}

function less(a: string, b: string): boolean {
  const x = parse(a)
  const y = parse(b)
  return x !== null && y !== null && sub(x, y).n < 0n
}
/* Lowest and highest of windows, as they were written. */
export function extremesOf(windows: readonly TrendWindow[]): { low: string; high: string } | null {
  const first = windows[0]?.value
  if (first === undefined) return null
  return windows.reduce((e, w) => ({ low: less(w.value, e.low) ? w.value : e.low, high: less(e.high, w.value) ? w.value : e.high }), { low: first, high: first })
}

/* Lowest and highest number; exact, by decimals. */
export function extremes(readings: readonly ReadingItem[]): { low: ReadingItem; high: ReadingItem } | null {
  let low: ReadingItem | null = null
  let high: ReadingItem | null = null
  for (const r of readings) {
    if (r.state !== 'value' || r.value === null) continue
    if (!low || less(r.value, low.value ?? '')) low = r
    if (!high || less(high.value ?? '', r.value)) high = r
  }
  return low && high ? { low, high } : null
}

/* Corrected readings: of each time what it said, in order of arrival; the last one counts. */
export interface Correction {
  ms: number
  time: string
  was: ReadingItem[]
  now: ReadingItem
}
export function corrections(readings: readonly ReadingItem[]): Correction[] {
  const byTime = new Map<number, ReadingItem[]>()
  for (const r of readings) {
    const list = byTime.get(r.ms)
    if (list) list.push(r)
    else byTime.set(r.ms, [r])
  }
  return [...byTime].flatMap(([ms, list]) => {
    const now = list.at(-1)
    return now && list.length > 1 ? [{ ms, time: now.time, was: list.slice(0, -1), now }] : []
  })
}

/* A small line of windows within w x h pixels; windows that are not there break it. */
export function sparkPath(windows: readonly TrendWindow[], step_ms: number, w: number, h: number): string {
  const known = windows.map((x) => ({ ms: x.ms, y: pixels(x.value) })).filter((x): x is { ms: number; y: number } => x.y !== null)
  const first = known[0]
  const last = known.at(-1)
  if (!first || !last) return ''
  const low = Math.min(0, ...known.map((x) => x.y))
  const high = Math.max(...known.map((x) => x.y), low + 1e-9)
  const x = (ms: number) => (last.ms === first.ms ? w : ((ms - first.ms) / (last.ms - first.ms)) * w)
  const y = (v: number) => h - ((v - low) / (high - low)) * h
  let path = ''
  let before = -Infinity
  for (const k of known) {
    path += `${k.ms - before > step_ms * 1.5 ? 'M' : 'L'}${x(k.ms).toFixed(1)} ${y(k.y).toFixed(1)}`
    before = k.ms
  }
  return path
}

/* Ranges of a point's chart; the end is now, or the last reading where that is longer ago. */
export const RANGES = { hour: 3600e3, day: 86400e3, week: 7 * 86400e3, month: 30 * 86400e3, year: 366 * 86400e3 } as const
export type Range = keyof typeof RANGES
export function isRange(v: string): v is Range {
  return v in RANGES
}
export function rangeOf(range: Range, now_ms: number, last: string | null): [number, number] {
  const heard = last ? Date.parse(last) : NaN
  const end = Number.isFinite(heard) && now_ms - heard > RANGES[range] ? heard + 1 : now_ms
  return [end - RANGES[range], end]
}

/* What is bound: one row a point, quoted where needed. Without a name the fields of one series are one device,
 * named like the series. */
export function bindCsv(points: readonly Pick<PointItem, 'id' | 'series'>[], entity: string, profile: string, device = ''): string {
  const cell = (v: string) => (/[",\n\r]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v)
  const rows = points.map((p) => [String(p.id), entity, profile, device || p.series].map(cell).join(','))
  return ['point,entity,profile,device', ...rows].join('\n') + '\n'
}

/* Orders the rows of a figure: into partitions (whole, parts, remainder) and into series over time. */
import type { Row } from '../api/client'
import { parse, same, sumText } from './decimal'

export interface Partition {
  key: string
  kind: string
  comparison: string
  modality: string
  period: string
  whole: Row
  parts: Row[]
  remainders: Row[]
  /* Exact sums as decimal text; null when a part has no value or nothing was to be added. */
  partsSum: string | null
  total: string | null
  agrees: boolean
}

export function hasValue(r: Row): r is Row & { value: string } {
  return r.state === 'value' && r.value !== null
}

function texts(rows: readonly Row[]): string[] {
  return rows.filter(hasValue).map((r) => r.value)
}

export function partitions(rows: readonly Row[]): Partition[] {
  const found = new Map<string, { whole: Row | null; parts: Row[]; remainders: Row[] }>()
  for (const r of rows) {
    const key = [r.series, r.kind, r.comparison, r.modality, r.period].join('|')
    let p = found.get(key)
    if (!p) {
      p = { whole: null, parts: [], remainders: [] }
      found.set(key, p)
    }
    if (r.role === 'whole') p.whole = r
    else if (r.role === 'part') p.parts.push(r)
    else if (r.role === 'remainder') p.remainders.push(r)
  }
  const out: Partition[] = []
  for (const [key, p] of found) {
    const { whole, parts, remainders } = p
    if (!whole) continue
    const additive = remainders.length > 0 && remainders.some(hasValue)
    const partsSum = additive ? sumText(texts(parts)) : null
    const total = additive ? sumText([...texts(parts), ...texts(remainders)]) : null
    const a = total === null ? null : parse(total)
    const b = hasValue(whole) ? parse(whole.value) : null
    out.push({
      key,
      kind: whole.kind,
      comparison: whole.comparison,
      modality: whole.modality,
      period: whole.period,
      whole,
      parts,
      remainders,
      partsSum,
      total,
      agrees: a !== null && b !== null && same(a, b),
    })
  }
  return out
}

/* A remainder of zero is not worth a row of its own; its sum line says that parts are the whole. */
export function isZero(r: Row): boolean {
  return hasValue(r) && parse(r.value)?.n === 0n
}

/* Periods that may share an axis: a month is not compared with the months since January. */
export type PeriodForm = 'point' | 'month' | 'quarter' | 'months' | 'years'

export function formOf(period: string): PeriodForm {
  if (period.includes('/')) return /^\d{4}\/\d{4}$/.test(period) ? 'years' : 'months'
  if (/^\d{4}-?Q[1-4]$/.test(period)) return 'quarter'
  return /^\d{4}-\d{2}$/.test(period) ? 'month' : 'point'
}

export interface Series {
  key: string
  entity: Row['entity']
  indicator: Row['indicator']
  kind: string
  comparison: string
  modality: string
  form: PeriodForm
  rows: Row[] /* by period, oldest first */
}

function periodEnd(period: string): string {
  const end = period.includes('/') ? (period.split('/')[1] ?? period) : period
  /* a year ends after its months, a month after its days */
  return end.length === 4 ? `${end}-99` : end.length === 7 ? `${end}-99` : end
}

export function byPeriod(a: Row, b: Row): number {
  const x = periodEnd(a.period)
  const y = periodEnd(b.period)
  return x < y ? -1 : x > y ? 1 : a.period < b.period ? -1 : a.period > b.period ? 1 : 0
}

export function series(rows: readonly Row[]): Series[] {
  const found = new Map<string, Series>()
  for (const r of rows) {
    if (r.role === 'part' || r.role === 'remainder') continue
    const form = formOf(r.period)
    const key = [r.entity?.id ?? 0, r.kind, r.comparison, r.modality, form].join('|')
    const s = found.get(key)
    if (s) s.rows.push(r)
    else
      found.set(key, {
        key,
        entity: r.entity,
        indicator: r.indicator,
        kind: r.kind,
        comparison: r.comparison,
        modality: r.modality,
        form,
        rows: [r],
      })
  }
  for (const s of found.values()) s.rows.sort(byPeriod)
  return [...found.values()]
}

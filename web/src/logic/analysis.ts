/* The pictures of the analysis pages: which methods each asks for, and where the inputs of a result row are. */
import type { AnalysisAnswer, AnalysisInput } from '../api/client'
import phrases from '../catalog/notes.json'

export type Shape = 'pairs' | 'list' | 'matrix' | 'series' | 'datasets'
export interface Call {
  key: string
  method: string
  options?: Readonly<Record<string, string>>
}
export interface View {
  id: ViewId
  shape: Shape
  calls: readonly Call[]
  tables: readonly string[] /* keys of the calls whose tables are shown, in order */
}
export const VIEW_IDS = ['score', 'spread', 'lq', 'rank', 'space', 'shift', 'series', 'io', 'chain', 'match'] as const
export type ViewId = (typeof VIEW_IDS)[number]

export const VIEWS: Readonly<Record<ViewId, View>> = {
  score: { id: 'score', shape: 'matrix', calls: [{ key: 'score', method: 'entropy-topsis' }, { key: 'weights', method: 'weights' }], tables: ['score', 'weights'] },
  spread: { id: 'spread', shape: 'list', calls: [{ key: 'spread', method: 'inequality' }], tables: ['spread'] },
  lq: { id: 'lq', shape: 'pairs', calls: [{ key: 'lq', method: 'lq' }, { key: 'growth', method: 'contribution' }], tables: ['lq', 'growth'] },
  rank: { id: 'rank', shape: 'pairs', calls: [{ key: 'rank', method: 'complexity' }, { key: 'products', method: 'complexity', options: { of: 'industries' } }], tables: ['rank', 'products'] },
  space: {
    id: 'space', shape: 'pairs',
    calls: [
      { key: 'density', method: 'density' }, { key: 'links', method: 'proximity' },
      { key: 'products', method: 'complexity', options: { of: 'industries' } }, { key: 'gain', method: 'cog' },
    ],
    tables: ['gap'],
  },
  shift: { id: 'shift', shape: 'pairs', calls: [{ key: 'shift', method: 'shiftshare', options: { method: 'dunn' } }], tables: ['shift'] },
  series: {
    id: 'series', shape: 'series',
    calls: [{ key: 'forecast', method: 'ets' }, { key: 'parts', method: 'stl' }, { key: 'turns', method: 'turning-points' }],
    tables: ['forecast', 'parts', 'turns'],
  },
  io: {
    id: 'io', shape: 'datasets',
    calls: [{ key: 'sectors', method: 'io-sectors', options: { region: '' } }, { key: 'flows', method: 'io-coefficients' }],
    tables: ['sectors'],
  },
  chain: { id: 'chain', shape: 'datasets', calls: [{ key: 'risk', method: 'chain-risk' }], tables: ['risk'] },
  match: { id: 'match', shape: 'datasets', calls: [{ key: 'pairs', method: 'capacity', options: { show: 'pairs' } }, { key: 'rules', method: 'qualify' }], tables: ['pairs', 'rules'] },
}

export function isView(id: string): id is ViewId {
  return (VIEW_IDS as readonly string[]).includes(id)
}

export function optionText(options: Readonly<Record<string, string>> | undefined): string {
  return Object.entries(options ?? {})
    .map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`)
    .join('&')
}

/* A result as columns by name. */
export interface Table {
  columns: readonly string[]
  rows: readonly (readonly string[])[]
}
export function tableOf(a: AnalysisAnswer): Table {
  return { columns: a.columns, rows: a.rows.map((r) => r.cells) }
}
export function cellsOf(t: Table, column: string): string[] {
  const at = t.columns.indexOf(column)
  return at < 0 ? [] : t.rows.map((r) => r[at] ?? '')
}

const ROW_NAMES = ['region', 'alternative', 'name']
const COLUMN_NAMES = ['industry', 'criterion', 'industry_1', 'industry_2', 'product']
const TIME_NAMES = ['time', 'year', 'period']

/* The figures a row of a result is made of: those of its region, its industry and its time. What names none of them
 * (a total, a weight) is made of all. */
export function inputsOf(a: AnalysisAnswer, columns: readonly string[], cells: readonly string[]): AnalysisInput[] {
  const wanted = { row: new Set<string>(), column: new Set<string>(), time: new Set<string>() }
  const rows = new Set(a.inputs.map((i) => i.row))
  const names = new Set(a.inputs.map((i) => i.column))
  const times = new Set(a.inputs.map((i) => i.time))
  columns.forEach((c, at) => {
    const text = cells[at] ?? ''
    if (ROW_NAMES.includes(c) && rows.has(text)) wanted.row.add(text)
    if ((COLUMN_NAMES.includes(c) || ROW_NAMES.includes(c)) && names.has(text)) wanted.column.add(text)
    if (TIME_NAMES.includes(c) && times.has(text)) wanted.time.add(text)
    const nth = c === 't' ? a.inputs.filter((i) => i.value !== null)[Number(text) - 1] : undefined
    if (nth) wanted.time.add(nth.time)
  })
  const used = a.notes.map((n) => /^periods used: (\d+), from '(.+)' to '(.+)'$/.exec(n)).find((m) => m !== null)
  if (used && wanted.time.size === 0) {
    const [, count, from = '', to = ''] = used
    if (count === '1') wanted.time.add(to)
    else if (count === '2') wanted.time.add(from).add(to)
  }
  const fits = (set: Set<string>, text: string) => set.size === 0 || set.has(text)
  return a.inputs.filter((i) => fits(wanted.row, i.row) && fits(wanted.column, i.column) && fits(wanted.time, i.time))
}

const NUMBER = /^[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/i
export function isNumber(text: string): boolean {
  return NUMBER.test(text)
}

/* A computed number for reading: five significant digits, never more than the text has; whole numbers as they are. */
export function short(text: string, locale: string): string {
  if (!isNumber(text)) return text
  const v = Number(text)
  if (!text.includes('.') && !/e/i.test(text)) return text.length > 15 ? text : new Intl.NumberFormat(locale === 'zh' ? 'zh-CN' : 'en').format(v)
  return new Intl.NumberFormat(locale === 'zh' ? 'zh-CN' : 'en', { maximumSignificantDigits: Math.abs(v) >= 1e5 ? 9 : 5 }).format(v).replace('-', '\u2212')
}

function csvCell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
export function csvText(t: Table): string {
  return [t.columns, ...t.rows].map((r) => r.map(csvCell).join(',')).join('\r\n') + '\r\n'
}

/* 延链补链: industries a region does not have (RCA < 1), the nearest to what it has first, with what is near as evidence. */
export interface Gap {
  region: string
  industry: string
  density: number
  gain: number | null
  pci: number | null
  near: { industry: string; proximity: number }[]
}
export function gapsOf(region: string, rca: Table, links: Table, density: Table, gain: Table | null, products: Table | null): Gap[] {
  const key = (a: string, b: string) => `${a}\u0000${b}`
  const has = new Set<string>()
  const industries = new Set<string>()
  const at = (t: Table, name: string) => t.columns.indexOf(name)
  for (const r of rca.rows) {
    industries.add(r[at(rca, 'industry')] ?? '')
    if (r[at(rca, 'region')] === region && r[at(rca, 'mcp')] === '1') has.add(r[at(rca, 'industry')] ?? '')
  }
  const near = new Map<string, number>()
  const [a, b, v] = [0, 1, at(links, 'proximity')]
  for (const r of links.rows) {
    near.set(key(r[a] ?? '', r[b] ?? ''), Number(r[v]))
    near.set(key(r[b] ?? '', r[a] ?? ''), Number(r[v]))
  }
  const value = (t: Table | null, column: string, industry: string, ofRegion: boolean): number | null => {
    const row = t?.rows.find((r) => r[at(t, 'industry')] === industry && (!ofRegion || r[at(t, 'region')] === region))
    const text = row && t ? row[at(t, column)] : undefined
    return text === undefined || text === '' ? null : Number(text)
  }
  return [...industries]
    .filter((i) => !has.has(i))
    .map((industry) => ({
      region,
      industry,
      density: value(density, 'density', industry, true) ?? 0,
      gain: value(gain, 'cog', industry, true),
      pci: value(products, 'pci', industry, false),
      near: [...has]
        .map((h) => ({ industry: h, proximity: near.get(key(h, industry)) ?? 0 }))
        .filter((n) => n.proximity > 0)
        .sort((x, y) => y.proximity - x.proximity || (x.industry < y.industry ? -1 : 1))
        .slice(0, 3),
    }))
    .sort((x, y) => y.density - x.density || (x.industry < y.industry ? -1 : 1))
}
export function gapTable(gaps: readonly Gap[]): Table {
  return {
    columns: ['region', 'industry', 'density', 'cog', 'pci', 'evidence'],
    rows: gaps.map((g) => [
      g.region, g.industry, String(g.density), g.gain === null ? '' : String(g.gain), g.pci === null ? '' : String(g.pci),
      g.near.map((n) => `${n.industry} (${n.proximity.toFixed(2)})`).join('、'),
    ]),
  }
}

/* A note of a method in the reader's language; what has no translation stays as the method said it. */
export function noteIn(note: string, locale: string): { text: string; lang: string | undefined } {
  if (locale !== 'zh') return { text: note, lang: undefined }
  for (const p of phrases) {
    const re = new RegExp(p.re)
    if (re.test(note)) return { text: note.replace(re, p.zh), lang: undefined }
  }
  return { text: note, lang: 'en' }
}

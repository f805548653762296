/* From the answers of a view to its pictures and tables. Pure: tested without a browser. */
import type { AnalysisAnswer } from '../../api/client'
import {
  barsOption, bubbleOption, drawnLinks, forecastOption, heatOption, linesOption, spaceOption, stackedOption, type Bar, type Point,
} from '../../charts/analysis'
import type { Palette } from '../../charts/palette'
import type { Key, Params } from '../../i18n'
import { cellsOf, gapsOf, gapTable, short, tableOf, type Table, type ViewId } from '../../logic/analysis'

export interface Picture {
  key: string
  title: string
  alt: string
  option: Record<string, unknown>
  height: number
}
export interface Shown {
  key: string
  title: string
  table: Table /* what is shown */
  full: Table /* what is taken away */
  answer: AnalysisAnswer
}
export interface Scene {
  answers: Readonly<Record<string, AnalysisAnswer>>
  focus: string
  locale: 'zh' | 'en'
  palette: Palette
  t: (key: Key, params?: Params) => string
}

function ready(s: Scene, key: string): Table | null {
  const a = s.answers[key]
  return a?.ready ? tableOf(a) : null
}
function bars(s: Scene, names: readonly string[], values: readonly string[], mark = ''): Bar[] {
  return names
    .map((name, i) => ({ name, value: Number(values[i]), text: short(values[i] ?? '', s.locale), mark: name === mark }))
    .filter((b) => Number.isFinite(b.value))
    .sort((a, b) => b.value - a.value)
}
function barHeight(n: number): number {
  return Math.max(160, n * 24 + 40)
}
const BARS = 30

/* Regions or things that can be looked at one by one. */
export function focusesOf(answer: AnalysisAnswer | undefined): string[] {
  return [...new Set((answer?.inputs ?? []).map((i) => i.row))]
}

/* The period `h` after one such as 2024, 2024-09, 2024-Q3. */
export function laterTime(time: string, h: number): string {
  const span = /^(\d{4})-01\/(?:\d{4}-)?(\d{2})$/.exec(time)
  const month = /^(\d{4})-(\d{2})$/.exec(time)
  const quarter = /^(\d{4})-Q([1-4])$/.exec(time)
  if (/^\d{4}$/.test(time)) return String(Number(time) + h)
  if (month) {
    const at = Number(month[1]) * 12 + Number(month[2]) - 1 + h
    return `${Math.floor(at / 12)}-${String((at % 12) + 1).padStart(2, '0')}`
  }
  if (quarter) {
    const at = Number(quarter[1]) * 4 + Number(quarter[2]) - 1 + h
    return `${Math.floor(at / 4)}-Q${(at % 4) + 1}`
  }
  return span ? `${Number(span[1]) + h}-01/${span[2]}` : `+${h}`
}

/* ---- each view ---- */

function score(s: Scene): Picture[] {
  const t = ready(s, 'score')
  if (!t) return []
  const list = bars(s, cellsOf(t, t.columns[0] ?? ''), cellsOf(t, t.columns[1] ?? '')).slice(0, BARS)
  const out: Picture[] = [
    { key: 'score', title: s.t('analysis.pic.score'), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list, s.palette), height: barHeight(list.length) },
  ]
  const w = ready(s, 'weights')
  if (w) {
    const weights = bars(s, cellsOf(w, 'criterion'), cellsOf(w, 'entropy_minmax'))
    out.push({ key: 'weights', title: s.t('analysis.pic.weights'), alt: s.t('analysis.alt.bars', { n: weights.length, first: weights[0]?.name ?? '' }), option: barsOption(weights, s.palette), height: barHeight(weights.length) })
  }
  return out
}

function spread(s: Scene): Picture[] {
  const a = s.answers['spread']
  if (!a?.ready) return []
  const known = a.inputs.filter((i) => i.value !== null)
  const list = bars(s, known.map((i) => i.row), known.map((i) => i.value ?? ''))
    .map((b) => ({ ...b, text: `${b.text} ${a.unit}` }))
    .slice(0, BARS)
  return [{ key: 'spread', title: s.t('analysis.pic.spread'), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list, s.palette), height: barHeight(list.length) }]
}

function lq(s: Scene): Picture[] {
  const t = ready(s, 'lq')
  if (!t) return []
  const at = (c: string) => t.columns.indexOf(c)
  const grown = ready(s, 'growth')
  const mine = t.rows.filter((r) => r[at('region')] === s.focus && r[at('lq')] !== '')
  if (!grown) {
    const list = bars(s, mine.map((r) => r[at('industry')] ?? ''), mine.map((r) => r[at('lq')] ?? '')).map((b) => ({ ...b, mark: b.value >= 1 }))
    return [{ key: 'lq', title: s.t('analysis.pic.lq', { name: s.focus }), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list, s.palette), height: barHeight(list.length) }]
  }
  const g = (c: string) => grown.columns.indexOf(c)
  const of = new Map(grown.rows.filter((r) => r[g('region')] === s.focus).map((r) => [r[g('industry')] ?? '', r]))
  const whole = [...of.values()][0]?.[g('total_growth_pct')]
  const bubbles = mine.flatMap((r) => {
    const name = r[at('industry')] ?? ''
    const growth = of.get(name)?.[g('growth_pct')] ?? ''
    if (growth === '') return []
    const [x, amount] = [r[at('lq')] ?? '', r[at('value')] ?? '']
    const text = s.t('analysis.tip.lq', { lq: short(x, s.locale), growth: short(growth, s.locale), value: short(amount, s.locale) })
    return [{ name, x: Number(x), y: Number(growth), size: Number(amount), text }]
  })
  return [
    {
      key: 'lq', title: s.t('analysis.pic.bubble', { name: s.focus }), alt: s.t('analysis.alt.bubble', { name: s.focus, n: bubbles.length }),
      option: bubbleOption(bubbles, s.t('analysis.axis.lq'), s.t('analysis.axis.growth'), whole ? Number(whole) : null, s.palette), height: 460,
    },
  ]
}

function rank(s: Scene): Picture[] {
  const out: Picture[] = []
  for (const [key, name, value] of [['rank', 'region', 'eci'], ['products', 'industry', 'pci']] as const) {
    const t = ready(s, key)
    if (!t) continue
    const list = bars(s, cellsOf(t, name), cellsOf(t, value), s.focus).slice(0, BARS)
    out.push({ key, title: s.t(`analysis.pic.${value}`), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list, s.palette), height: barHeight(list.length) })
  }
  return out
}

function linksOf(t: Table) {
  return t.rows.map((r) => ({ a: r[0] ?? '', b: r[1] ?? '', proximity: Number(r[2]) })).filter((l) => l.a !== l.b && l.proximity > 0)
}

function space(s: Scene): Picture[] {
  const links = ready(s, 'links')
  const density = ready(s, 'density')
  if (!links || !density) return []
  const at = (c: string) => density.columns.indexOf(c)
  const mine = density.rows.filter((r) => r[at('region')] === s.focus)
  const nodes = mine.map((r) => ({
    name: r[at('industry')] ?? '',
    size: Number(r[at('value')] || 0),
    present: r[at('mcp')] === '1',
    text: s.t('analysis.tip.space', { rca: short(r[at('rca')] ?? '', s.locale), density: short(r[at('density')] ?? '', s.locale) }),
  }))
  const drawn = drawnLinks(linksOf(links), 0.55).filter((l) => nodes.some((n) => n.name === l.a) && nodes.some((n) => n.name === l.b))
  const have = nodes.filter((n) => n.present).length
  return [
    {
      key: 'space', title: s.t('analysis.pic.space', { name: s.focus }), alt: s.t('analysis.alt.space', { name: s.focus, n: nodes.length, have, links: drawn.length }),
      option: spaceOption(nodes, drawn, s.t('analysis.present'), s.t('analysis.absent'), s.palette), height: nodes.length > 60 ? 720 : 480,
    },
  ]
}

const COMPONENTS = ['National share', 'Industrial mix', 'Regional share'] as const
function shift(s: Scene): Picture[] {
  const t = ready(s, 'shift')
  if (!t) return []
  const at = (c: string) => t.columns.indexOf(c)
  const of = new Map<string, Map<string, string>>()
  for (const r of t.rows) {
    const region = r[at('region')] ?? ''
    const parts = of.get(region) ?? new Map<string, string>()
    parts.set(r[at('component')] ?? '', r[at('value')] ?? '')
    of.set(region, parts)
  }
  const piece = (parts: Map<string, string>, name: string) => {
    const text = [...parts].find(([k]) => k.startsWith(name))?.[1] ?? ''
    return { value: Number(text), text: short(text, s.locale) }
  }
  const rows = [...of]
    .map(([name, parts]) => ({ name, parts: COMPONENTS.map((c) => piece(parts, c)), total: piece(parts, 'Growth') }))
    .sort((a, b) => b.total.value - a.total.value)
    .slice(0, BARS)
  const names = [s.t('analysis.shift.national'), s.t('analysis.shift.mix'), s.t('analysis.shift.regional')]
  return [
    {
      key: 'shift', title: s.t('analysis.pic.shift'), alt: s.t('analysis.alt.bars', { n: rows.length, first: rows[0]?.name ?? '' }),
      option: stackedOption(rows, names, s.t('analysis.shift.growth'), s.palette), height: barHeight(rows.length) + 40,
    },
  ]
}

function series(s: Scene): Picture[] {
  const a = s.answers['forecast'] ?? s.answers['parts']
  if (!a?.inputs.length) return []
  const known = a.inputs.filter((i) => i.value !== null)
  const past: Point[] = known.map((i) => ({ time: i.time, value: Number(i.value), text: `${short(i.value ?? '', s.locale)} ${i.unit}` }))
  const last = known[known.length - 1]?.time ?? ''
  const f = ready(s, 'forecast')
  const at = (c: string) => f?.columns.indexOf(c) ?? -1
  const future = (f?.rows ?? []).map((r) => {
    const [v, lo, hi] = [r[at('forecast')] ?? '', r[at('lo95')] ?? '', r[at('hi95')] ?? '']
    const text = s.t('analysis.tip.forecast', { value: short(v, s.locale), low: short(lo, s.locale), high: short(hi, s.locale) })
    return { time: laterTime(last, Number(r[at('h')])), value: Number(v), low: Number(lo), high: Number(hi), text }
  })
  const parts = ready(s, 'parts')
  const numbers = (c: string) => (parts ? cellsOf(parts, c).map((x) => (x === '' ? null : Number(x))) : [])
  const words = { past: s.t('analysis.line.past'), trend: s.t('analysis.line.trend'), future: s.t('analysis.line.future'), bounds: s.t('analysis.line.bounds') }
  const out: Picture[] = [
    { key: 'forecast', title: s.t('analysis.pic.forecast'), alt: s.t('analysis.alt.series', { n: past.length, h: future.length }), option: forecastOption(past, numbers('trend'), future, words, s.palette), height: 380 },
  ]
  if (parts) {
    const lines = [{ name: s.t('analysis.col.seasonal'), values: numbers('seasonal') }, { name: s.t('analysis.col.remainder'), values: numbers('remainder') }]
    out.push({ key: 'parts', title: s.t('analysis.pic.parts'), alt: s.t('analysis.alt.series', { n: past.length, h: 0 }), option: linesOption(past.map((x) => x.time), lines, s.palette), height: 320 })
  }
  return out
}

const HEAT = 45
function io(s: Scene): Picture[] {
  const out: Picture[] = []
  const flows = ready(s, 'flows')
  const sectors = ready(s, 'sectors')
  if (flows) {
    /* the largest buyers and sellers when there are more than can be read */
    const names = flows.columns.slice(1)
    const weight = names.map((_, i) => (flows.rows[i] ?? []).slice(1).reduce((n, v) => n + Number(v), 0) + flows.rows.reduce((n, r) => n + Number(r[i + 1]), 0))
    const keep = names.map((_, i) => i).sort((a, b) => (weight[b] ?? 0) - (weight[a] ?? 0)).slice(0, HEAT).sort((a, b) => a - b)
    const values = keep.map((i) => keep.map((j) => Number(flows.rows[i]?.[j + 1] ?? 0)))
    out.push({
      key: 'heat', title: s.t('analysis.pic.heat', { n: keep.length, total: names.length }), alt: s.t('analysis.alt.heat', { n: keep.length }),
      option: heatOption(keep.map((i) => names[i] ?? ''), values, (v) => short(String(v), s.locale), s.palette), height: Math.min(900, 180 + keep.length * 16),
    })
  }
  if (sectors) {
    const list = bars(s, cellsOf(sectors, 'sector'), cellsOf(sectors, 'power_dispersion')).slice(0, 20)
    out.push({ key: 'pull', title: s.t('analysis.pic.pull'), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list.map((b) => ({ ...b, mark: b.value >= 1 })), s.palette), height: barHeight(list.length) })
  }
  return out
}

function chain(s: Scene): Picture[] {
  const t = ready(s, 'risk')
  if (!t) return []
  const list = bars(s, cellsOf(t, 'node'), cellsOf(t, 'reachable_pairs_lost_on_removal')).slice(0, 20)
  return [{ key: 'risk', title: s.t('analysis.pic.risk'), alt: s.t('analysis.alt.bars', { n: list.length, first: list[0]?.name ?? '' }), option: barsOption(list, s.palette), height: barHeight(list.length) }]
}

export function picturesOf(view: ViewId, s: Scene): Picture[] {
  const makers: Record<ViewId, (s: Scene) => Picture[]> = { score, spread, lq, rank, space, shift, series, io, chain, match: () => [] }
  return makers[view](s)
}

export function tablesOf(view: ViewId, keys: readonly string[], s: Scene): Shown[] {
  return keys.flatMap((key): Shown[] => {
    if (key === 'gap') return gapShown(s)
    const answer = s.answers[key]
    if (!answer?.ready) return []
    const full = tableOf(answer)
    if (!full.rows.length) return []
    return [{ key, title: s.t(`analysis.table.${view}.${key}` as Key), table: focusFirst(columnsOf(full, SHOWN[key]), s.focus), full, answer }]
  })
}

/* Of tables wider than a page the columns an official asks for; all of them are in the CSV. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  sectors: ['sector', 'x', 'output_multiplier', 'direct_backward', 'direct_forward_A', 'power_dispersion', 'sensitivity_dispersion', 'income_multiplier', 'extract_backward_total', 'extract_forward_total'],
  pairs: ['demand', 'supply', 'score', 'reason', 'left', 'gap'],
  risk: ['node', 'degree_in', 'degree_out', 'betweenness', 'articulation_undirected', 'reachable_pairs_lost_on_removal'],
}
export function columnsOf(t: Table, names: readonly string[] | undefined): Table {
  if (!names) return t
  const at = names.map((n) => t.columns.indexOf(n)).filter((i) => i >= 0)
  return { columns: at.map((i) => t.columns[i] ?? ''), rows: t.rows.map((r) => at.map((i) => r[i] ?? '')) }
}
function focusFirst(t: Table, focus: string): Table {
  const at = t.columns.indexOf('region')
  if (at < 0 || !focus) return t
  return { columns: t.columns, rows: [...t.rows.filter((r) => r[at] === focus), ...t.rows.filter((r) => r[at] !== focus)] }
}

function gapShown(s: Scene): Shown[] {
  const [links, density, answer] = [ready(s, 'links'), ready(s, 'density'), s.answers['density']]
  if (!links || !density || !answer) return []
  const gaps = gapsOf(s.focus, density, links, density, ready(s, 'gain'), ready(s, 'products'))
  const table = gapTable(gaps)
  return [{ key: 'gap', title: s.t('analysis.table.space.gap', { name: s.focus }), table, full: table, answer }]
}

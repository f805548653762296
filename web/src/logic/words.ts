/* Codes of the interface in words: what a figure is relative to, how exact it is, how it is read aloud. */
import plans from '../catalog/plans.json'
import type { Row } from '../api/client'
import { sign } from './decimal'
import { digits, signed, unitGap, unitText, type Locale } from './fmt'

const PLAN_END: Readonly<Record<string, { zh: string; en: string }>> = plans.end

const NUMBERS_ZH = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九', '十']
const MONTHS_EN = ['', 'Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/* Parts of a year that have a name of their own. */
const STRETCHES: Readonly<Record<string, { zh: string; en: string }>> = {
  '01/03': { zh: '一季度', en: 'Q1' },
  '04/06': { zh: '二季度', en: 'Q2' },
  '07/09': { zh: '三季度', en: 'Q3' },
  '10/12': { zh: '四季度', en: 'Q4' },
  '01/06': { zh: '上半年', en: 'H1' },
  '07/12': { zh: '下半年', en: 'H2' },
  '01/09': { zh: '前三季度', en: 'Q1–Q3' },
}

/* A period in words, for bases of comparison; rows bring the label of their own period. */
export function periodText(period: string, locale: Locale): string {
  const zh = locale === 'zh'
  const months = /^(\d{4})-(\d{2})\/(\d{4})-(\d{2})$/.exec(period)
  if (months && months[1] === months[3]) {
    const [, year = '', , , to = ''] = months
    const from = months[2] ?? ''
    const named = STRETCHES[`${from}/${to}`]
    if (named) return zh ? `${year}年${named.zh}` : `${named.en} ${year}`
    if (zh) return `${year}年${Number(from)}—${Number(to)}月`
    return `${MONTHS_EN[Number(from)] ?? from}–${MONTHS_EN[Number(to)] ?? to} ${year}`
  }
  const years = /^(\d{4})\/(\d{4})$/.exec(period)
  if (years) return zh ? `${years[1]}—${years[2]}年` : `${years[1]}–${years[2]}`
  const quarter = /^(\d{4})-?Q([1-4])$/.exec(period)
  if (quarter) {
    const n = Number(quarter[2])
    return zh ? `${quarter[1]}年${NUMBERS_ZH[n] ?? n}季度` : `Q${n} ${quarter[1]}`
  }
  const month = /^(\d{4})-(\d{2})$/.exec(period)
  if (month) {
    const m = Number(month[2])
    return zh ? `${month[1]}年${m}月` : `${MONTHS_EN[m] ?? m} ${month[1]}`
  }
  if (/^\d{4}$/.test(period)) return zh ? `${period}年` : period
  return period
}

function baseText(base: string, locale: Locale): string {
  return PLAN_END[base]?.[locale] ?? periodText(base, locale)
}

function recordText(span: string, locale: Locale): string {
  const zh = locale === 'zh'
  if (span === 'ytd') return zh ? '年内新高' : 'highest this year'
  if (span === 'ever') return zh ? '历史新高' : 'highest on record'
  const n = Number(/^(\d+)y$/.exec(span)?.[1] ?? NaN)
  if (Number.isNaN(n)) return zh ? '新高' : 'record'
  return zh ? `近${NUMBERS_ZH[n] ?? n}年新高` : `highest in ${n} years`
}

/* 'since:2020' -> 较“十三五”末; `falls` turns 高于 into 低于. */
export function comparisonText(code: string, locale: Locale, falls = false): string {
  const zh = locale === 'zh'
  const at = code.indexOf(':')
  const word = at < 0 ? code : code.slice(0, at)
  const rest = at < 0 ? '' : code.slice(at + 1)
  switch (word) {
    case '':
      return ''
    case 'yoy':
      return zh ? '同比' : 'year on year'
    case 'qoq':
    case 'mom':
      return zh ? '环比' : word === 'qoq' ? 'quarter on quarter' : 'month on month'
    case 'avg':
      return zh ? '年均' : 'a year on average'
    case 'since':
      return zh ? `较${baseText(rest, locale)}` : `since ${baseText(rest, locale)}`
    case 'vs':
      if (zh) return (falls ? '低于' : '高于') + rest
      return `${falls ? 'below' : 'above'} ${placeText(rest, locale)}`
    case 'of':
      return zh ? `占${rest}` : `of ${placeText(rest, locale)}`
    case 'in':
      return zh ? rest : `in ${placeText(rest, locale)}`
    case 'to':
      return zh ? `对${rest}` : `to ${placeText(rest, locale)}`
    case 'record':
      return recordText(rest, locale)
    default:
      return code
  }
}

function placeText(name: string, locale: Locale): string {
  return locale === 'en' && name === '全国' ? 'China' : name
}

const QUALIFIERS: Readonly<Record<Row['qualifier'], { zh: string; en: string; read: string }>> = {
  eq: { zh: '', en: '', read: '' },
  over: { zh: '超', en: '>', read: 'more than' },
  at_least: { zh: '≥', en: '≥', read: 'at least' },
  under: { zh: '不足', en: '<', read: 'less than' },
  at_most: { zh: '≤', en: '≤', read: 'at most' },
  approx: { zh: '约', en: '≈', read: 'about' },
  range: { zh: '', en: '', read: '' },
  doubled: { zh: '', en: '', read: '' },
}

export function qualifierSign(q: Row['qualifier'], locale: Locale): string {
  return QUALIFIERS[q]?.[locale] ?? ''
}

/* The indicators a formula names, each once: 'share(地区生产总值)', '`a b` / c'. */
export function formulaNames(formula: string): string[] {
  const name = /`([^`]+)`|([\p{L}\p{N}_]*\p{Script=Han}[\p{L}\p{N}_]*)(?![\p{L}\p{N}_]|\s*[(:])/gu
  const found = formula.replace(/"[^"]*"/g, '""').matchAll(name)
  return [...new Set([...found].map((m) => m[1] ?? m[2] ?? ''))]
}

/* The period of a row; a single day is the day as of which something holds. */
export function labelOf(r: Pick<Row, 'period' | 'period_label'>, locale: Locale): string {
  const label = r.period_label[locale] || r.period
  if (!/^\d{4}-\d{2}-\d{2}$/.test(r.period)) return label
  return locale === 'zh' ? `截至${label}` : `as of ${label}`
}

/* A grouping of the catalogue has a word for English beside its name: 行政区划, district. */
export function groupingName(g: { name: string; alias?: string }, locale: Locale): string {
  return locale === 'en' && g.alias ? g.alias : g.name
}

/* A figure in pieces: words before, sign, number, unit, words after. Joined they read as one phrase. */
export interface Pieces {
  before: string
  sign: string
  number: string
  unit: string
  gap: string
  after: string
}

export type Figure = Pick<
  Row,
  'kind' | 'comparison' | 'state' | 'value' | 'value_hi' | 'unit' | 'qualifier'
>

const NOTHING: Pieces = { before: '', sign: '', number: '', unit: '', gap: '', after: '' }

function numberText(f: Figure, text: string, locale: Locale): string {
  const moves = f.kind === 'growth' || f.kind === 'pp_change' || f.kind === 'change'
  const show = moves && f.qualifier === 'eq' ? signed : digits
  if (f.qualifier === 'doubled') return locale === 'zh' ? '翻番' : 'doubled'
  if (f.qualifier === 'range' && f.value_hi !== null) return `${show(text)}–${digits(f.value_hi)}`
  return show(text)
}

export function pieces(f: Figure, locale: Locale): Pieces {
  const zh = locale === 'zh'
  if (f.state !== 'value' || f.value === null) return NOTHING
  const falls = sign(f.value) < 0
  const words = comparisonText(f.comparison, locale, falls)
  const tail = zh ? { before: words, after: '' } : { before: '', after: words }
  const mark = qualifierSign(f.qualifier, locale)
  if (f.comparison.startsWith('record:')) return { ...NOTHING, number: words }
  if (f.kind === 'rank') {
    const number = digits(f.value)
    if (zh) return { before: words, sign: f.qualifier === 'under' ? '前' : '第', number, unit: '位', gap: '\u00a0', after: '' }
    return { before: '', sign: f.qualifier === 'under' ? 'top' : 'No.', number, unit: '', gap: '', after: words }
  }
  const unit = f.unit === '百分点' && zh ? '个百分点' : unitText(f.unit, locale)
  const gap = unitGap(f.unit, locale)
  if (f.qualifier === 'doubled') return { ...NOTHING, ...tail, number: numberText(f, f.value, locale) }
  const against = f.kind === 'pp_change' && f.comparison.startsWith('vs:')
  const number = against ? digits(f.value.replace(/^[+-]/, '')) : numberText(f, f.value, locale)
  return { ...tail, sign: mark, number, unit, gap, ...(f.comparison ? {} : { before: '', after: '' }) }
}

/* The whole phrase, for lists, tooltips and screen readers. */
export function phrase(f: Figure, locale: Locale): string {
  const p = pieces(f, locale)
  const core = `${p.sign}${p.sign && (locale === 'en' || p.sign === '第') ? '\u00a0' : ''}${p.number}${p.unit ? p.gap + p.unit : ''}`
  return [p.before, core, p.after].filter((s) => s !== '').join(' ')
}

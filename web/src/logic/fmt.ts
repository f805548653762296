/* From decimal text to what is read. The digits of the source stay; only grouping, sign and unit are added. */
import units from '../catalog/units.json'
import { parse } from './decimal'

export type Locale = 'zh' | 'en'

const UNITS_EN: Readonly<Record<string, string>> = units.en

/* '-1234567.80' -> '−1,234,567.80' */
export function digits(text: string): string {
  if (!parse(text)) return text
  const neg = text.startsWith('-')
  const [whole = '', frac] = text.replace(/^[+-]/, '').split('.')
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',')
  return (neg ? '−' : '') + grouped + (frac === undefined ? '' : `.${frac}`)
}

/* The numbers of a phrase grouped and signed: '65700385.35 – 65763353.52 万元'. */
export function digitsIn(text: string): string {
  return text
    .replace(/(?<![\d.-])-?\d{4,}(\.\d+)?(?![\d-])/g, (n) => digits(n))
    .replace(/(?<![\p{L}\d.-])-(?=\d)/gu, '−')
}

/* With + before what is above zero. */
export function signed(text: string): string {
  const d = parse(text)
  return d && d.n > 0n ? `+${digits(text)}` : digits(text)
}

export function unitText(unit: string, locale: Locale): string {
  return locale === 'en' ? (UNITS_EN[unit] ?? unit) : unit
}

/* A no-break space parts number and unit, but not before %. */
export function unitGap(unit: string, locale: Locale): string {
  const u = unitText(unit, locale)
  return u === '' || u === '%' ? '' : '\u00a0'
}

export function fmt(value: string, unit: string, locale: Locale): string {
  return digits(value) + unitGap(unit, locale) + unitText(unit, locale)
}

/* A phrase that ends in a unit: '65700385.35 – 65763353.52 万元'. */
export function amount(text: string, locale: Locale): string {
  const [, number = text, unit = ''] = /^(.*\d) (\S+)$/.exec(text) ?? []
  return unit in UNITS_EN ? fmt(digitsIn(number), unit, locale) : digitsIn(text)
}

/* Whole numbers of things: rows, figures, firms. */
export function count(n: number, locale: Locale): string {
  return new Intl.NumberFormat(locale === 'zh' ? 'zh-CN' : 'en-GB').format(n)
}

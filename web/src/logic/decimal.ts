/* Exact decimals of the interface: text in, text out, BigInt between. Floats appear in pixels only. */

export interface Decimal {
  n: bigint /* value times 10^scale */
  scale: number
}

const FORM = /^([+-]?)(\d+)(?:\.(\d+))?$/

export function parse(text: string): Decimal | null {
  const m = FORM.exec(text.trim())
  if (!m) return null
  const frac = m[3] ?? ''
  const n = BigInt((m[2] ?? '') + frac)
  return { n: m[1] === '-' ? -n : n, scale: frac.length }
}

function at(d: Decimal, scale: number): bigint {
  return d.n * 10n ** BigInt(scale - d.scale)
}

export function add(a: Decimal, b: Decimal): Decimal {
  const scale = Math.max(a.scale, b.scale)
  return { n: at(a, scale) + at(b, scale), scale }
}

export function sub(a: Decimal, b: Decimal): Decimal {
  return add(a, { n: -b.n, scale: b.scale })
}

export function same(a: Decimal, b: Decimal): boolean {
  const scale = Math.max(a.scale, b.scale)
  return at(a, scale) === at(b, scale)
}

export function print(d: Decimal): string {
  const neg = d.n < 0n
  const digits = (neg ? -d.n : d.n).toString().padStart(d.scale + 1, '0')
  const cut = digits.length - d.scale
  const text = d.scale ? `${digits.slice(0, cut)}.${digits.slice(cut)}` : digits
  return neg ? `-${text}` : text
}

/* Sum of decimal texts, null if one of them is no decimal. */
export function sumText(texts: readonly string[]): string | null {
  let total: Decimal = { n: 0n, scale: 0 }
  for (const t of texts) {
    const d = parse(t)
    if (!d) return null
    total = add(total, d)
  }
  return print(total)
}

export function sign(text: string): -1 | 0 | 1 {
  const d = parse(text)
  if (!d || d.n === 0n) return 0
  return d.n < 0n ? -1 : 1
}

/* a / b as percent with `places` decimals, rounded half away from zero; null when b is zero. */
export function percentText(a: string, b: string, places: number): string | null {
  const x = parse(a)
  const y = parse(b)
  if (!x || !y || y.n === 0n) return null
  const scale = Math.max(x.scale, y.scale)
  let num = at(x, scale) * 100n * 10n ** BigInt(places)
  let den = at(y, scale)
  if (den < 0n) {
    num = -num
    den = -den
  }
  const neg = num < 0n
  const abs = neg ? -num : num
  const q = (abs * 2n + den) / (den * 2n)
  return print({ n: neg ? -q : q, scale: places })
}

/* For axes and map colours only. */
export function pixels(text: string | null): number | null {
  if (text === null || !parse(text)) return null
  return Number(text)
}

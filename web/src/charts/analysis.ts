/* Options of the pictures of analysis: pure functions of result tables. What they show is in the table beside them. */
import { textWidth } from './options'
import { escape, frame, type Palette } from './palette'

export interface Bar {
  name: string
  value: number
  text: string
  id?: string
  mark?: boolean /* in the second colour */
}
interface Tip {
  name?: string
  seriesName?: string
  data?: unknown
}
function said(d: unknown): { title: string; text: string } | null {
  return typeof d === 'object' && d !== null && 'text' in d && 'title' in d ? (d as { title: string; text: string }) : null
}
function tip(p: Tip): string {
  const d = said(p.data)
  return d ? `${escape(d.title)}<br><b>${escape(d.text)}</b>` : escape(p.name ?? '')
}
/* Names on the picture itself; the whole name is in the tip and the table. */
function brief(name: string): string {
  if (textWidth(name) <= 130) return name
  const cs = [...name]
  while (cs.length && textWidth(cs.join('')) > 118) cs.pop()
  return cs.join('') + '…'
}
function tipped(p: Palette) {
  return { ...frame(p).tooltip, trigger: 'item' as const, formatter: tip }
}
function valueAxis(p: Palette, name = '') {
  return {
    type: 'value' as const,
    name,
    nameTextStyle: { color: p.muted },
    axisLabel: { color: p.muted, hideOverlap: true },
    splitLine: { lineStyle: { color: p.line, type: 'dashed' as const } },
  }
}
function nameAxis(p: Palette, data: readonly string[]) {
  return {
    type: 'category' as const,
    inverse: true,
    data: [...data],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: p.line } },
    axisLabel: { color: p.text, width: 150, overflow: 'truncate' as const },
  }
}

/* Ranked bars, the first on top. */
export function barsOption(bars: readonly Bar[], p: Palette) {
  return {
    ...frame(p),
    tooltip: tipped(p),
    grid: { left: 4, right: 24, top: 4, bottom: 4, containLabel: true },
    xAxis: valueAxis(p),
    yAxis: nameAxis(p, bars.map((b) => b.name)),
    series: [
      {
        type: 'bar' as const,
        barMaxWidth: 16,
        data: bars.map((b) => ({ value: b.value, title: b.name, name: b.name, text: b.text, id: b.id ?? '', itemStyle: { color: b.mark ? p.rest : p.main } })),
      },
    ],
  }
}

export interface Bubble {
  name: string
  x: number
  y: number
  size: number
  text: string
}
/* LQ across, growth up, size the amount; lines at LQ = 1 and at the growth of the whole. */
export function bubbleOption(bubbles: readonly Bubble[], xName: string, yName: string, whole: number | null, p: Palette) {
  const top = Math.max(1e-9, ...bubbles.map((b) => b.size))
  return {
    ...frame(p),
    tooltip: tipped(p),
    grid: { left: 12, right: 40, top: 36, bottom: 28, containLabel: true },
    xAxis: { ...valueAxis(p, xName), nameLocation: 'middle' as const, nameGap: 26, scale: true },
    yAxis: { ...valueAxis(p, yName), nameTextStyle: { color: p.muted, align: 'left' as const }, scale: true },
    series: [
      {
        type: 'scatter' as const,
        data: bubbles.map((b) => ({
          value: [b.x, b.y],
          name: b.name,
          title: b.name,
          text: b.text,
          symbolSize: 8 + 40 * Math.sqrt(Math.max(0, b.size) / top),
          itemStyle: { color: b.x >= 1 ? p.main : p.soft, opacity: 0.75, borderColor: p.surface },
        })),
        label: { show: true, position: 'top' as const, color: p.text, fontSize: 11, formatter: (d: Tip) => brief(said(d.data)?.title ?? ''), textBorderColor: p.surface, textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
        markLine: {
          silent: true,
          symbol: 'none',
          lineStyle: { color: p.rest, type: 'dashed' as const },
          label: { color: p.muted },
          data: [{ xAxis: 1 }, ...(whole === null ? [] : [{ yAxis: whole }])],
        },
      },
    ],
  }
}

export interface Shares {
  name: string
  parts: readonly { value: number; text: string }[] /* in the order of the names */
  total: { value: number; text: string }
}
/* Components that add up to the growth: stacked, with the growth itself as a mark. */
export function stackedOption(rows: readonly Shares[], names: readonly string[], totalName: string, p: Palette) {
  const colours = [p.soft, p.rest, p.main]
  return {
    ...frame(p),
    tooltip: tipped(p),
    legend: { data: [...names, totalName], top: 0, left: 0, textStyle: { color: p.text }, selectedMode: false as const },
    grid: { left: 4, right: 24, top: 34, bottom: 4, containLabel: true },
    xAxis: valueAxis(p),
    yAxis: nameAxis(p, rows.map((r) => r.name)),
    series: [
      ...names.map((name, k) => ({
        type: 'bar' as const,
        name,
        stack: 'growth',
        barMaxWidth: 16,
        itemStyle: { color: colours[k % colours.length] },
        data: rows.map((r) => ({ value: r.parts[k]?.value ?? 0, title: `${r.name} · ${name}`, name: r.name, text: r.parts[k]?.text ?? '' })),
      })),
      {
        type: 'scatter' as const,
        name: totalName,
        symbol: 'diamond',
        symbolSize: 9,
        itemStyle: { color: p.text, borderColor: p.surface, borderWidth: 1 },
        z: 5,
        data: rows.map((r) => ({ value: [r.total.value, r.name], title: `${r.name} · ${totalName}`, name: r.name, text: r.total.text })),
      },
    ],
  }
}

/* A matrix as tones; its axis names every sector that there is room for. */
export function heatOption(names: readonly string[], values: readonly (readonly number[])[], text: (v: number) => string, p: Palette) {
  const data = names.flatMap((seller, i) =>
    names.map((buyer, j) => {
      const v = values[i]?.[j] ?? 0
      return { value: [j, i, v], title: `${seller} → ${buyer}`, text: text(v) }
    }),
  )
  const high = Math.max(1e-12, ...data.map((d) => d.value[2] ?? 0))
  const axis = {
    type: 'category' as const,
    data: [...names],
    axisTick: { show: false },
    axisLine: { lineStyle: { color: p.line } },
    splitArea: { show: false },
  }
  return {
    ...frame(p),
    tooltip: tipped(p),
    grid: { left: 4, right: 8, top: 8, bottom: 44, containLabel: true },
    xAxis: { ...axis, axisLabel: { color: p.text, rotate: 60, width: 90, overflow: 'truncate' as const, interval: 0, fontSize: names.length > 30 ? 9 : 11 } },
    yAxis: { ...axis, inverse: true, axisLabel: { color: p.text, width: 110, overflow: 'truncate' as const, interval: 0, fontSize: names.length > 30 ? 9 : 11 } },
    visualMap: {
      type: 'continuous' as const, min: 0, max: high, orient: 'horizontal' as const, left: 'center' as const, bottom: 0, itemHeight: 120, precision: 2,
      inRange: { color: [p.empty, p.soft, p.main] }, textStyle: { color: p.muted }, calculable: false,
    },
    series: [{ type: 'heatmap' as const, data, progressive: 0, itemStyle: { borderColor: p.surface, borderWidth: names.length > 40 ? 0 : 0.5 } }],
  }
}

export interface SpaceNode {
  name: string
  size: number
  present: boolean
  text: string
}
export interface SpaceLink {
  a: string
  b: string
  proximity: number
}
/* The links of a product space that are drawn: a spanning tree of the greatest proximities, so that nothing is lost from
 * sight, and every link from `strong` on. Ties by name. */
export function drawnLinks(links: readonly SpaceLink[], strong: number): SpaceLink[] {
  const order = [...links].sort((x, y) => y.proximity - x.proximity || (x.a + x.b < y.a + y.b ? -1 : 1))
  const root = new Map<string, string>()
  const find = (n: string): string => {
    let r = n
    while ((root.get(r) ?? r) !== r) r = root.get(r) ?? r
    root.set(n, r)
    return r
  }
  return order.filter((l) => {
    const [a, b] = [find(l.a), find(l.b)]
    const joins = a !== b && l.proximity > 0
    if (joins) root.set(a, b)
    return joins || l.proximity >= strong
  })
}
export function spaceOption(nodes: readonly SpaceNode[], links: readonly SpaceLink[], present: string, absent: string, p: Palette) {
  const top = Math.max(1e-9, ...nodes.map((n) => n.size))
  return {
    ...frame(p),
    tooltip: tipped(p),
    legend: { data: [present, absent], top: 0, left: 0, textStyle: { color: p.text }, selectedMode: false as const },
    series: [
      {
        type: 'graph' as const,
        layout: 'force' as const,
        force: { initLayout: 'circular', repulsion: nodes.length > 60 ? 60 : 220, edgeLength: [30, 120], gravity: 0.12, layoutAnimation: false },
        roam: false,
        top: 40,
        categories: [
          { name: present, itemStyle: { color: p.main } },
          { name: absent, itemStyle: { color: p.soft } },
        ],
        data: nodes.map((n) => ({
          name: n.name,
          title: n.name,
          text: n.text,
          category: n.present ? 0 : 1,
          symbolSize: 8 + 26 * Math.sqrt(Math.max(0, n.size) / top),
        })),
        links: links.map((l) => ({
          source: l.a, target: l.b, title: `${l.a} – ${l.b}`, text: l.proximity.toFixed(3),
          lineStyle: { color: p.rest, width: 0.6 + 3 * l.proximity, opacity: 0.55 },
        })),
        label: { show: true, position: 'right' as const, color: p.text, fontSize: 11, formatter: (d: Tip) => brief(said(d.data)?.title ?? ''), textBorderColor: p.surface, textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
      },
    ],
  }
}

export interface Point {
  time: string
  value: number | null
  text: string
}
export interface Forecast {
  time: string
  value: number
  low: number
  high: number
  text: string
}
/* What was, its trend, and what may come with its 95 % bounds. */
export function forecastOption(past: readonly Point[], trend: readonly (number | null)[], future: readonly Forecast[], words: { past: string; trend: string; future: string; bounds: string }, p: Palette) {
  const times = [...past.map((x) => x.time), ...future.map((f) => f.time)]
  const pad = past.map(() => null)
  const last = past[past.length - 1]
  const joined = last ? [...pad.slice(1), { value: last.value, title: last.time, text: last.text }] : []
  const line = (name: string, data: unknown[], colour: string, more: object = {}) => ({
    type: 'line' as const, name, data, symbol: 'circle', symbolSize: 4, showSymbol: times.length < 60, lineStyle: { color: colour, width: 2 }, itemStyle: { color: colour }, ...more,
  })
  return {
    ...frame(p),
    tooltip: tipped(p),
    legend: { data: [words.past, ...(trend.length ? [words.trend] : []), ...(future.length ? [words.future, words.bounds] : [])], top: 0, left: 0, textStyle: { color: p.text }, selectedMode: false as const },
    grid: { left: 8, right: 24, top: 40, bottom: 4, containLabel: true },
    xAxis: { type: 'category' as const, data: times, axisLine: { lineStyle: { color: p.line } }, axisTick: { show: false }, axisLabel: { color: p.muted, hideOverlap: true } },
    yAxis: { ...valueAxis(p), scale: true },
    series: [
      line(words.past, past.map((x) => ({ value: x.value, title: x.time, text: x.text })), p.main),
      ...(trend.length ? [line(words.trend, [...trend], p.rest, { symbol: 'none', lineStyle: { color: p.rest, width: 1.5 } })] : []),
      ...(future.length
        ? [
            { type: 'line' as const, name: 'low', stack: 'bounds', data: [...pad, ...future.map((f) => f.low)], symbol: 'none', lineStyle: { opacity: 0 }, silent: true, stackStrategy: 'all' as const },
            {
              type: 'line' as const, name: words.bounds, stack: 'bounds', data: [...pad, ...future.map((f) => f.high - f.low)], symbol: 'none', stackStrategy: 'all' as const,
              lineStyle: { opacity: 0 }, areaStyle: { color: p.soft, opacity: 0.45 }, itemStyle: { color: p.soft }, silent: true,
            },
            line(words.future, [...joined, ...future.map((f) => ({ value: f.value, title: f.time, text: f.text }))], p.main, { lineStyle: { color: p.main, width: 2, type: 'dashed' as const } }),
          ]
        : []),
    ],
  }
}

/* Several short lines over one time axis, one below the other: season and remainder. */
export function linesOption(times: readonly string[], lines: readonly { name: string; values: readonly (number | null)[] }[], p: Palette) {
  const each = 100 / Math.max(1, lines.length)
  return {
    ...frame(p),
    tooltip: tipped(p),
    grid: lines.map((_, k) => ({ left: 8, right: 24, top: `${k * each + 8}%`, height: `${each - 16}%`, containLabel: true })),
    xAxis: lines.map((_, k) => ({
      type: 'category' as const, gridIndex: k, data: [...times], axisTick: { show: false }, axisLine: { onZero: false, lineStyle: { color: p.line } },
      axisLabel: { show: k === lines.length - 1, color: p.muted, hideOverlap: true },
    })),
    yAxis: lines.map((l, k) => ({ ...valueAxis(p, l.name), gridIndex: k, scale: true, splitNumber: 2, nameTextStyle: { color: p.muted, align: 'left' as const } })),
    series: lines.map((l, k) => ({
      type: 'line' as const, xAxisIndex: k, yAxisIndex: k, symbol: 'none', lineStyle: { color: p.main, width: 1.5 },
      data: l.values.map((v, i) => ({ value: v, title: times[i] ?? '', text: v === null ? '' : String(v) })),
    })),
  }
}

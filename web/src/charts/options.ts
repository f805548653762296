/* Options of the charts: pure functions of rows, tested without a browser. Decimal text becomes a number here,
 * for pixels; what a tooltip says is the text itself. */
import type { Row } from '../api/client'
import { pixels } from '../logic/decimal'
import type { Locale } from '../logic/fmt'
import { hasValue } from '../logic/parts'
import { phrase } from '../logic/words'
import { escape, frame, type Palette } from './palette'

export interface Datum {
  name: string
  value: number | null
  text: string
  id?: string
}

interface Tip {
  name: string
  data?: unknown
}

function isDatum(d: unknown): d is Datum {
  return typeof d === 'object' && d !== null && 'text' in d
}

function tip(p: Tip): string {
  const text = isDatum(p.data) ? p.data.text : ''
  const name = isDatum(p.data) ? p.data.name : p.name
  return `${escape(name)}<br><b>${escape(text)}</b>`
}

export function seriesData(rows: readonly Row[], locale: Locale): Datum[] {
  return rows.map((r) => ({
    name: r.period_label[locale] || r.period,
    value: hasValue(r) ? pixels(r.value) : null,
    text: phrase(r, locale),
    id: r.fact === null ? '' : String(r.fact),
  }))
}

/* One series over its periods. The axis keeps zero when the values are near it. */
export function seriesOption(rows: readonly Row[], locale: Locale, p: Palette) {
  const data = seriesData(rows, locale)
  return {
    ...frame(p),
    tooltip: { ...frame(p).tooltip, trigger: 'item' as const, formatter: tip },
    grid: { left: 8, right: 24, top: 28, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category' as const,
      data: data.map((d) => d.name),
      boundaryGap: data.length < 8,
      axisLine: { lineStyle: { color: p.line } },
      axisTick: { show: false },
      axisLabel: { color: p.muted, hideOverlap: true },
    },
    yAxis: {
      type: 'value' as const,
      scale: true,
      splitNumber: 4,
      splitLine: { lineStyle: { color: p.line, type: 'dashed' as const } },
      axisLabel: { color: p.muted },
    },
    series: [
      {
        type: 'line' as const,
        data,
        symbol: 'circle',
        symbolSize: 8,
        lineStyle: { color: p.main, width: 2 },
        itemStyle: { color: p.main },
        label: {
          show: data.length <= 8,
          position: 'top' as const,
          distance: 8,
          padding: [1, 4],
          backgroundColor: p.surface,
          color: p.text,
          formatter: (d: Tip) => (isDatum(d.data) ? d.data.text : ''),
        },
      },
    ],
  }
}

export function partsData(rows: readonly Row[], rest: string, locale: Locale): Datum[] {
  return rows.map((r) => ({
    name: r.entity?.name ?? rest,
    value: hasValue(r) ? pixels(r.value) : null,
    text: phrase(r, locale),
    id: r.fact === null ? '' : String(r.fact),
  }))
}

/* Bars of parts in the order given, from the top; the remainder has a colour of its own. */
export function partsOption(rows: readonly Row[], rest: string, locale: Locale, p: Palette) {
  const data = partsData(rows, rest, locale).map((d, i) => ({
    ...d,
    itemStyle: { color: rows[i]?.role === 'remainder' ? p.rest : p.main },
  }))
  const known = data.map((d) => d.value).filter((v): v is number => v !== null)
  const low = Math.min(0, ...known)
  const high = Math.max(0, ...known)
  return {
    ...frame(p),
    tooltip: { ...frame(p).tooltip, trigger: 'item' as const, formatter: tip },
    grid: { left: 4, right: 16, top: 4, bottom: 4, containLabel: true },
    xAxis: {
      type: 'value' as const,
      /* a remainder by rounding is no reason for an axis below zero */
      min: low < 0 && -low < high / 50 ? 0 : undefined,
      splitNumber: 3,
      axisLabel: { color: p.muted, hideOverlap: true },
      splitLine: { lineStyle: { color: p.line, type: 'dashed' as const } },
    },
    yAxis: {
      type: 'category' as const,
      inverse: true,
      data: data.map((d) => d.name),
      axisTick: { show: false },
      axisLine: { lineStyle: { color: p.line } },
      axisLabel: { color: p.text, width: 132, overflow: 'truncate' as const },
    },
    series: [{ type: 'bar' as const, data, barMaxWidth: 16 }],
  }
}

export interface Area {
  code: string
  name: string
  value: string | null
  text: string
}

/* A map of areas by code; null is "no data" and has the colour of the ground, which no value has. */
export function mapOption(map: string, areas: readonly Area[], names: ReadonlyMap<string, string>, p: Palette) {
  const data = areas.map((a) => ({ name: a.code, value: pixels(a.value), text: a.text, title: a.name }))
  const known = data.map((d) => d.value).filter((v): v is number => v !== null)
  const low = Math.min(...known)
  const high = Math.max(...known)
  const title = (code: string) => data.find((d) => d.name === code)?.title ?? names.get(code) ?? code
  return {
    ...frame(p),
    tooltip: {
      ...frame(p).tooltip,
      trigger: 'item' as const,
      formatter: (d: Tip) => `${escape(title(d.name))}<br><b>${escape(isDatum(d.data) ? d.data.text : '')}</b>`,
    },
    ...(known.length > 0 && high > low
      ? {
          visualMap: {
            type: 'continuous' as const,
            min: low,
            max: high,
            show: false,
            inRange: { color: [...p.ramp] },
            outOfRange: { color: p.empty },
          },
        }
      : {}),
    series: [
      {
        type: 'map' as const,
        map,
        nameProperty: 'code',
        data: data.map((d) => ({
          ...d,
          itemStyle: { areaColor: d.value === null ? p.empty : high > low ? undefined : p.soft },
        })),
        roam: false,
        selectedMode: false as const,
        top: 8,
        bottom: 8,
        left: 8,
        right: 8,
        label: { show: true, color: p.text, fontSize: 11, formatter: (d: Tip) => title(d.name), textBorderColor: p.surface, textBorderWidth: 2 },
        labelLayout: { hideOverlap: true },
        itemStyle: { areaColor: p.empty, borderColor: p.dark ? '#4d5c6b' : '#9aa8b6', borderWidth: 0.8 },
        emphasis: { label: { color: p.text }, itemStyle: { areaColor: p.rest } },
      },
    ],
  }
}

export interface Branch {
  id: number
  name: string
  text: string
  children: Branch[]
}

interface TreeNode {
  name: string
  id: string
  text: string
  value: number
  itemStyle: { color: string }
  children: TreeNode[]
}

/* About how wide a label is drawn at 12 pixels. */
export function textWidth(text: string): number {
  return [...text].reduce((w, c) => w + (c > '\u2e7f' ? 12 : 6.6), 0)
}

function leaves(b: Branch): Branch[] {
  return b.children.length ? b.children.flatMap(leaves) : [b]
}

/* Region, its kinds of things, the things: a tree from left to right. A narrow one leaves figures to the list. */
export function treeOption(root: Branch, p: Palette, narrow: boolean) {
  const node = (b: Branch): TreeNode => ({
    name: b.name,
    id: String(b.id),
    text: b.text,
    value: b.children.length,
    itemStyle: { color: b.children.length ? p.main : p.soft },
    children: b.children.map(node),
  })
  const widest = Math.max(0, ...leaves(root).map((b) => textWidth(narrow ? b.name : `${b.name}  ${b.text}`)))
  return {
    ...frame(p),
    tooltip: { ...frame(p).tooltip, trigger: 'item' as const, formatter: tip },
    series: [
      {
        type: 'tree' as const,
        data: [node(root)],
        layout: 'orthogonal' as const,
        orient: 'LR' as const,
        left: textWidth(root.name) + 20,
        right: Math.min(widest + 24, narrow ? 190 : 420),
        top: 8,
        bottom: 8,
        symbol: 'circle',
        symbolSize: 7,
        initialTreeDepth: -1,
        expandAndCollapse: false,
        roam: false,
        edgeShape: 'polyline' as const,
        edgeForkPosition: '50%',
        lineStyle: { color: p.line, width: 1 },
        label: {
          position: 'left' as const,
          align: 'right' as const,
          verticalAlign: 'middle' as const,
          padding: [2, 4],
          backgroundColor: p.surface,
          color: p.text,
          fontSize: 12,
        },
        leaves: {
          label: {
            position: 'right' as const,
            align: 'left' as const,
            formatter: (d: Tip) => (!narrow && isDatum(d.data) && d.data.text ? `${d.data.name}  {v|${d.data.text}}` : d.name),
            rich: { v: { color: p.muted, fontSize: 12 } },
          },
        },
      },
    ],
  }
}

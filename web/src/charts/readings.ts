/* Charts of what devices sent: the readings of a point, and windows of a metered figure. Pure. */
import type { TrendWindow } from '../api/client'
import { pixels } from '../logic/decimal'
import { clock, type Pair } from '../logic/devices'
import { escape, frame, type Palette } from './palette'

const CHINA_MS = 8 * 3600e3

/* Times of the axis are of UTC+8, wherever the reader is. */
export function axisTime(ms: number, span_ms: number): string {
  const t = new Date(ms + CHINA_MS).toISOString()
  if (span_ms <= 2 * 86400e3) return t.slice(11, 16) === '00:00' ? t.slice(5, 10) : t.slice(11, 16)
  return span_ms <= 200 * 86400e3 ? t.slice(5, 10) : t.slice(0, 10)
}
export function timeText(ms: number): string {
  return new Date(ms + CHINA_MS).toISOString().slice(0, 19).replace('T', ' ')
}

interface AxisTip {
  value?: unknown
}
function pairOf(v: unknown): [number, number] | null {
  return Array.isArray(v) && typeof v[0] === 'number' && typeof v[1] === 'number' ? [v[0], v[1]] : null
}

/* The window [from, to] of the whole range [first, last]; what is drawn is the window, the handle below moves it. */
export interface Stretch {
  first: number
  last: number
  from: number
  to: number
}

export function readingsOption(line: readonly Pair[], s: Stretch, texts: ReadonlyMap<number, string>, p: Palette) {
  const span = s.to - s.from
  return {
    ...frame(p),
    tooltip: {
      ...frame(p).tooltip,
      trigger: 'axis' as const,
      formatter: (d: AxisTip | AxisTip[]) => {
        const v = pairOf((Array.isArray(d) ? d[0] : d)?.value)
        return v ? `${escape(timeText(v[0]))}<br><b>${escape(texts.get(v[0]) ?? String(v[1]))}</b>` : ''
      },
    },
    grid: { left: 8, right: 20, top: 16, bottom: 52, containLabel: true },
    xAxis: {
      type: 'time' as const,
      min: s.first,
      max: s.last,
      axisLine: { lineStyle: { color: p.line } },
      axisTick: { show: false },
      axisLabel: { color: p.muted, hideOverlap: true, formatter: (ms: number) => axisTime(ms, span) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value' as const,
      scale: true,
      splitNumber: 4,
      splitLine: { lineStyle: { color: p.line, type: 'dashed' as const } },
      axisLabel: { color: p.muted },
    },
    dataZoom: [
      {
        type: 'slider' as const, startValue: s.from, endValue: s.to, realtime: false, showDataShadow: false, height: 22, bottom: 6,
        filterMode: 'none' as const, borderColor: p.line, fillerColor: p.dark ? '#2b4355' : '#dcebf4', backgroundColor: p.surface,
        handleStyle: { color: p.main, borderColor: p.main }, moveHandleStyle: { color: p.soft }, brushSelect: true,
        textStyle: { color: p.muted }, labelFormatter: (ms: number) => timeText(ms).slice(0, 16),
      },
      { type: 'inside' as const, startValue: s.from, endValue: s.to, zoomOnMouseWheel: 'ctrl' as const, moveOnMouseWheel: false, filterMode: 'none' as const },
    ],
    series: [
      {
        type: 'line' as const,
        data: line.map(([ms, v]) => [ms, v]),
        showSymbol: line.length <= 120,
        symbol: 'circle',
        symbolSize: 4,
        connectNulls: false,
        lineStyle: { color: p.main, width: line.length > 800 ? 1 : 1.6 },
        itemStyle: { color: p.main },
      },
    ],
  }
}

/* Windows as bars over time; a window without a figure is not there. */
export function trendOption(windows: readonly TrendWindow[], text: (w: TrendWindow) => string, p: Palette) {
  const first = windows[0]
  const last = windows.at(-1)
  const span = first && last ? last.ms - first.ms : 0
  return {
    ...frame(p),
    tooltip: {
      ...frame(p).tooltip,
      trigger: 'axis' as const,
      formatter: (d: AxisTip | AxisTip[]) => {
        const v = pairOf((Array.isArray(d) ? d[0] : d)?.value)
        const w = v ? windows.find((x) => x.ms === v[0]) : undefined
        return w ? `${escape(clock(w.begin).slice(0, 16))}<br><b>${escape(text(w))}</b>` : ''
      },
    },
    grid: { left: 8, right: 24, top: 16, bottom: 4, containLabel: true },
    xAxis: {
      type: 'time' as const,
      axisLine: { lineStyle: { color: p.line } },
      axisTick: { show: false },
      axisLabel: { color: p.muted, hideOverlap: true, formatter: (ms: number) => axisTime(ms, span) },
      splitLine: { show: false },
    },
    yAxis: {
      type: 'value' as const,
      splitNumber: 4,
      splitLine: { lineStyle: { color: p.line, type: 'dashed' as const } },
      axisLabel: { color: p.muted },
    },
    series: [{ type: 'bar' as const, data: windows.map((w) => [w.ms, pixels(w.value)]), itemStyle: { color: p.main }, barMaxWidth: 18 }],
  }
}

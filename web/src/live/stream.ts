/* Follows /api/v1/live and tells every tab the newest revision, and which cells took readings. One stream a browser,
 * where there is a SharedWorker. */

/* A cell that took readings: entity of the meter, indicator of its profile. */
export interface Cell {
  entity: number
  indicator: number
}
/* all: too many cells to name, or the stream cannot say what was missed. */
export interface Readings {
  kind: 'readings'
  sequence: number
  all: boolean
  touched: Cell[]
}
export type News = { kind: 'revision'; revision: number } | { kind: 'state'; open: boolean } | Readings

const URL_LIVE = '/api/v1/live'
const AGAIN_MS = 3000
export const MISSED: Readings = { kind: 'readings', sequence: 0, all: true, touched: [] }

/* Opens the stream and reports; returns how to stop it. After a break EventSource comes back by itself and sends the
 * id of the last event, so that the server tells what came between. Where the server refused (a proxy says 502),
 * EventSource gives up: a new one is opened, which knows no id, so everything shown is read again. */
export function follow(tell: (n: News) => void): () => void {
  let es: EventSource
  let timer: ReturnType<typeof setTimeout> | undefined
  function open(again: boolean): void {
    es = new EventSource(URL_LIVE)
    es.addEventListener('open', () => {
      tell({ kind: 'state', open: true })
      if (again) tell(MISSED)
      again = false
    })
    es.addEventListener('error', () => {
      tell({ kind: 'state', open: false })
      if (es.readyState === EventSource.CLOSED) timer = setTimeout(() => open(true), AGAIN_MS)
    })
    es.addEventListener('revision', (e: MessageEvent<string>) => {
      const revision = revisionOf(e.data)
      if (revision !== null) tell({ kind: 'revision', revision })
    })
    es.addEventListener('readings', (e: MessageEvent<string>) => {
      const readings = readingsOf(e.data)
      if (readings) tell(readings)
    })
  }
  open(false)
  return () => {
    clearTimeout(timer)
    es.close()
  }
}

function objectOf(data: string): Record<string, unknown> | null {
  try {
    const v: unknown = JSON.parse(data)
    return typeof v === 'object' && v !== null ? (v as Record<string, unknown>) : null
  } catch {
    return null
  }
}

export function revisionOf(data: string): number | null {
  const v = objectOf(data)?.['revision']
  return typeof v === 'number' ? v : null
}

function isCell(v: unknown): v is Cell {
  return typeof v === 'object' && v !== null && 'entity' in v && 'indicator' in v && typeof v.entity === 'number' && typeof v.indicator === 'number'
}

export function readingsOf(data: string): Readings | null {
  const v = objectOf(data)
  if (!v || typeof v['sequence'] !== 'number' || typeof v['all'] !== 'boolean' || !Array.isArray(v['touched'])) return null
  return { kind: 'readings', sequence: v['sequence'], all: v['all'], touched: v['touched'].filter(isCell) }
}

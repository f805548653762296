/* Follows /api/v1/live and tells every tab the newest revision. One stream a browser, where there is a SharedWorker. */

export type News = { kind: 'revision'; revision: number } | { kind: 'state'; open: boolean }

const URL_LIVE = '/api/v1/live'

/* Opens the stream and reports; returns how to stop it. EventSource comes back by itself after a break. */
export function follow(tell: (n: News) => void): () => void {
  const es = new EventSource(URL_LIVE)
  es.addEventListener('open', () => tell({ kind: 'state', open: true }))
  es.addEventListener('error', () => tell({ kind: 'state', open: false }))
  es.addEventListener('revision', (e: MessageEvent<string>) => {
    const revision = revisionOf(e.data)
    if (revision !== null) tell({ kind: 'revision', revision })
  })
  return () => es.close()
}

export function revisionOf(data: string): number | null {
  try {
    const v: unknown = JSON.parse(data)
    if (typeof v !== 'object' || v === null || !('revision' in v)) return null
    return typeof v.revision === 'number' ? v.revision : null
  } catch {
    return null
  }
}

/* What the server tells by itself: its newest revision, at which queries fetch again, and which cells took readings. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { getMeta } from '../api/client'
import { follow, MISSED, type News, type Readings } from './stream'

export const useLive = defineStore('live', () => {
  const revision = ref(0)
  const open = ref<boolean | null>(null)
  const listeners = new Set<(r: Readings) => void>()
  let started = false

  function hear(n: News): void {
    if (n.kind === 'state') open.value = n.open
    else if (n.kind === 'readings') for (const f of [...listeners]) f(n)
    else if (n.revision > revision.value) revision.value = n.revision
  }

  /* Every event reaches every listener; returns how to leave. */
  function onReadings(f: (r: Readings) => void): () => void {
    listeners.add(f)
    return () => void listeners.delete(f)
  }

  /* Where the stream does not come through (a proxy, a token), ask now and then. */
  function poll(): void {
    if (open.value === true || document.hidden) return
    getMeta({}).then(
      (m) => {
        hear({ kind: 'revision', revision: m.revision })
        hear(MISSED)
      },
      () => undefined,
    )
  }

  function start(): void {
    if (started) return
    started = true
    window.setInterval(poll, 30_000)
    if ('SharedWorker' in window) {
      const worker = new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'luoshu-live' })
      worker.port.onmessage = (e: MessageEvent<News>) => hear(e.data)
      worker.port.start()
      addEventListener('pagehide', (e) => {
        if (!e.persisted) worker.port.postMessage('bye')
      })
    } else {
      follow(hear)
    }
  }
  return { revision, open, start, onReadings }
})

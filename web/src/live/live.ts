/* The newest revision of the server; queries fetch again when it grows. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { getMeta } from '../api/client'
import { follow, type News } from './stream'

export const useLive = defineStore('live', () => {
  const revision = ref(0)
  const open = ref<boolean | null>(null)
  let started = false

  function hear(n: News): void {
    if (n.kind === 'state') open.value = n.open
    else if (n.revision > revision.value) revision.value = n.revision
  }

  /* Where the stream does not come through (a proxy, a token), ask now and then. */
  function poll(): void {
    if (open.value === true || document.hidden) return
    getMeta({}).then(
      (m) => hear({ kind: 'revision', revision: m.revision }),
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
  return { revision, open, start }
})

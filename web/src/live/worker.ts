/* SharedWorker: one stream for all tabs. */
import { follow, MISSED, type News } from './stream'

const FRESH_MS = 5000 /* a page that reads while readings arrive may have read too early */
const ports = new Set<MessagePort>()
let last: News[] = []
let heard_ms = -Infinity
let started = false

function tell(n: News): void {
  if (n.kind === 'readings') heard_ms = performance.now()
  else last = [...last.filter((x) => x.kind !== n.kind), n]
  for (const p of ports) p.postMessage(n)
}

addEventListener('connect', (e) => {
  const port = (e as MessageEvent).ports[0]
  if (!port) return
  ports.add(port)
  port.onmessage = () => ports.delete(port) /* the tab says good-bye */
  for (const n of last) port.postMessage(n)
  if (performance.now() - heard_ms < FRESH_MS) port.postMessage(MISSED)
  if (!started) {
    started = true
    follow(tell)
  }
})

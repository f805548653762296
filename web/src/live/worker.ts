/* SharedWorker: one stream for all tabs. */
import { follow, type News } from './stream'

const ports = new Set<MessagePort>()
let last: News[] = []
let started = false

function tell(n: News): void {
  last = [...last.filter((x) => x.kind !== n.kind), n]
  for (const p of ports) p.postMessage(n)
}

addEventListener('connect', (e) => {
  const port = (e as MessageEvent).ports[0]
  if (!port) return
  ports.add(port)
  port.onmessage = () => ports.delete(port) /* the tab says good-bye */
  for (const n of last) port.postMessage(n)
  if (!started) {
    started = true
    follow(tell)
  }
})

// connector.mjs - node connector.mjs CONFIG: items of OPC UA servers, published as a Sparkplug B edge node.
//
// Each server of the configuration is a Sparkplug device of the node: DBIRTH when its session stands and its
// items are read, DDATA as they change, DDEATH when the session is lost. What changes while the broker is
// away is kept, up to a limit, and published afterwards as historical.
import { readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { checkConfig } from './config.mjs'
import { EdgeNode } from './edge.mjs'
import { Source } from './source.mjs'

const path = process.argv[2]
if (!path) {
  console.error('usage: node connector.mjs CONFIG.json')
  process.exit(2)
}
let config
try {
  config = checkConfig(JSON.parse(readFileSync(path, 'utf8')))
} catch (e) {
  console.error(`${path}: ${e.message}`)
  process.exit(2)
}

export const log = (event, words = {}) =>
  console.error(`${new Date().toISOString()} ${event} ${Object.entries(words).map(([k, v]) => `${k}=${JSON.stringify(v)}`).join(' ')}`)

const node = new EdgeNode(config, log)
const sources = config.servers.map((s) => new Source(s, node, resolve(dirname(path), config.pki ?? 'pki'), log))
node.start()
for (const s of sources) s.start()

let leaving = false
async function leave() {
  if (leaving) return
  leaving = true
  await Promise.race([Promise.all(sources.map((s) => s.stop())), new Promise((r) => setTimeout(r, 3000))])
  await node.stop()
  process.exit(0)
}
process.on('SIGTERM', leave)
process.on('SIGINT', leave)

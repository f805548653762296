// all.mjs - every story over one broker; TAP on stdout.
import { join } from 'node:path'
import { Broker, finish, freePort, ok, out } from './lib.mjs'
import { full, killed, refused, shared, tls } from './topics.mjs'
import { nodes } from './nodes.mjs'

const broker = new Broker(await freePort(), join(out, 'broker'))
await broker.start()
for (const story of [nodes, killed, shared, full, tls, refused]) {
  if (process.env.STORY && process.env.STORY !== story.name) continue
  console.log(`# ${story.name}`)
  try {
    await story(broker)
  } catch (e) {
    ok(false, story.name, e.stack)
  }
}
await broker.stop()
await finish()

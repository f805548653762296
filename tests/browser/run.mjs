/* Browser tests of the cockpit, as TAP. BASE_URL: a running server with the example workspace; SHOTS: folder for
 * screenshots; ONLY: comma list of groups. `npm ci --ignore-scripts` in web/ first; chromium from the system. */
import { finish, launch } from './lib.mjs'
import { analysis } from './analysis.mjs'
import { devices } from './devices.mjs'
import { keyboard } from './keyboard.mjs'
import { pages } from './pages.mjs'
import { review } from './review.mjs'
import { sums } from './sums.mjs'
import { trace } from './trace.mjs'

const groups = { trace, sums, keyboard, analysis, pages, review, devices }
const only = (process.env.ONLY ?? '').split(',').filter(Boolean)

console.log('TAP version 13')
const browser = await launch()
try {
  for (const [name, run] of Object.entries(groups)) if (!only.length || only.includes(name)) await run(browser)
} finally {
  await browser.close()
}
process.exitCode = finish()

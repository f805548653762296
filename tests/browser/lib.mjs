/* A browser, a place to note results as TAP, and a few words for the cases. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const need = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = need('playwright-core')
const axeSource = readFileSync(need.resolve('axe-core/axe.min.js'), 'utf8')

export const BASE = (process.env.BASE_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')
export const SHOTS = process.env.SHOTS ?? ''
if (SHOTS) mkdirSync(SHOTS, { recursive: true })

const CHROMIUM = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const path = process.env.CHROMIUM ?? CHROMIUM.find((p) => existsSync(p)) ?? CHROMIUM[0]

export function launch() {
  return chromium.launch({
    executablePath: path,
    args: [
      '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync',
    ],
  })
}

/* A page in one language and theme; what the console complains about is kept in page.faults. */
export async function open(browser, { locale = 'zh', theme = 'light', width = 1440, height = 900 } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce', locale: locale === 'zh' ? 'zh-CN' : 'en-GB' })
  await context.addInitScript((s) => {
    if (!localStorage.getItem('luoshu.settings')) localStorage.setItem('luoshu.settings', JSON.stringify(s))
  }, { locale, theme })
  const page = await context.newPage()
  page.setDefaultTimeout(15000)
  page.faults = []
  page.on('pageerror', (e) => page.faults.push(`error: ${e.message}`))
  page.on('console', (m) => {
    if (m.type() === 'error') page.faults.push(`console: ${m.text()}`)
  })
  return page
}

export async function go(page, address) {
  await page.goto(BASE + address, { waitUntil: 'load' })
  await settle(page)
}

/* Read and drawn: a heading, no skeleton, charts filled. */
export async function settle(page) {
  await page.waitForSelector('main h1')
  await page.waitForFunction(() => !document.querySelector('main [aria-busy="true"], main .el-skeleton'))
  await page.waitForFunction(() => [...document.querySelectorAll('.chart .canvas')].every((c) => c.querySelector('svg path, svg text')))
  await page.evaluate(() => document.fonts.ready)
}

export async function shot(page, name) {
  if (SHOTS) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true })
}

export async function violations(page) {
  await page.evaluate(axeSource)
  const r = await page.evaluate(() => window.axe.run(document, { resultTypes: ['violations'] }))
  return r.violations.map((v) => `${v.id}: ${v.help}; ${v.nodes.slice(0, 4).map((n) => `${n.target.join(' ')} [${n.any.concat(n.all, n.none).map((c) => c.message).join('; ')}]`).join(' | ')}`)
}

export async function ask(address) {
  const answer = await fetch(`${BASE}/api/v1${address}`)
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`)
  return answer.json()
}

export function same(got, want, what) {
  if (got !== want) throw new Error(`${what}: got ${JSON.stringify(got)}, want ${JSON.stringify(want)}`)
}
export function holds(ok, what) {
  if (!ok) throw new Error(what)
}

let number = 0
let failed = 0
export async function check(name, run) {
  number += 1
  try {
    await run()
    console.log(`ok ${number} - ${name}`)
  } catch (e) {
    failed += 1
    console.log(`not ok ${number} - ${name}`)
    for (const line of String(e?.message ?? e).split('\n')) console.log(`# ${line}`)
  }
}
export function finish() {
  console.log(`1..${number}`)
  if (failed) console.log(`# ${failed} of ${number} failed`)
  return failed ? 1 : 0
}

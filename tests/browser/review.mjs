/* The reading desk: a file goes in, its queue is worked off, and a text of a megabyte stays quick. */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ask, BASE, check, go, holds, open, same, settle, shot, violations } from './lib.mjs'

const TOKEN = process.env.TOKEN ?? ''
const YEAR = `洛阳市统计公报

2024年，洛阳市规模以上工业增加值增长9.2%，规上工业利润总额308.7亿元。
全市国家级专精特新小巨人企业56家。新增神仙企业77家，新增天庭园区12个。

联系电话：0379-12345678
`

async function post(path, body) {
  const r = await fetch(`${BASE}/api/v1${path}`, { method: 'POST', body, headers: { Authorization: `Bearer ${TOKEN}` } })
  const text = await r.text()
  if (!r.ok) throw new Error(`${path}: ${r.status} ${text}`)
  return JSON.parse(text)
}
const read = (name, text) => post(`/read?name=${encodeURIComponent(name)}&date=2025-01-20&subject=${encodeURIComponent('洛阳市')}`, text)

/* A page of a megabyte: many paragraphs with figures and noise. */
function megabyte() {
  const out = ['洛阳市各县区统计公报汇编', '']
  let bytes = 0
  for (let i = 1; bytes < 1_000_000; i++) {
    const line = `第${i}部分：2024年，洛阳市规上工业利润${i}.${i % 10}亿元，国家级专精特新小巨人企业${i}家，新增神仙企业${i}家。以高质量发展为主题，扎实推进各项工作落地见效，取得新的进展。`
    out.push(line)
    bytes += Buffer.byteLength(line) + 1
  }
  return out.join('\n')
}

async function withToken(page) {
  await page.addInitScript((t) => sessionStorage.setItem('luoshu.token', t), TOKEN)
}

export async function review(browser) {
  const dir = mkdtempSync(join(tmpdir(), 'luoshu-review-'))
  const file = join(dir, 'year-2024.txt')
  writeFileSync(file, YEAR)
  let desk = ''

  await check('a file is read in from the page, and leads to its desk', async () => {
    const page = await open(browser)
    await go(page, '/read')
    await page.locator('input[type=file]').setInputFiles(file)
    await page.getByLabel('写入令牌').fill('wrong')
    await page.getByLabel('发布日期').fill('2025-01-20')
    await page.getByRole('button', { name: '读入', exact: true }).click()
    await page.locator('form [role=alert]').waitFor()
    holds((await page.locator('form [role=alert]').innerText()).includes('令牌'), 'a wrong token is told')
    page.faults.length = 0
    await page.getByLabel('写入令牌').fill(TOKEN)
    await page.getByRole('button', { name: '读入', exact: true }).click()
    await page.waitForURL(/\/read\/\d+/)
    await settle(page)
    desk = new URL(page.url()).pathname
    holds((await page.locator('.outcome').innerText()).includes('与已有数据对照'), 'what it means for what was known')
    same(await page.locator('.text .mark.filed', { hasText: '9.2%' }).count(), 1, 'filed figure in the text')
    same(await page.locator('.text .mark.queued', { hasText: '77家' }).count(), 1, 'waiting figure in the text')
    holds((await page.locator('.text .mark.noise').count()) > 0, 'noise in the text')
    await shot(page, 'desk-after-reading')
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('a figure leads to its characters in the original', async () => {
    const page = await open(browser)
    const fact = (await ask(`/document?id=${desk.split('/').pop()}`)).claims.find((c) => c.text === '9.2%').fact
    const source = (await ask(`/fact?id=${fact}`)).row.places[0].source
    await go(page, `/source/${source}?fact=${fact}`)
    await page.getByRole('link', { name: '打开原文' }).click()
    await page.waitForURL(/\/read\/\d+\?.*fact=/)
    await page.waitForFunction(() => document.querySelector('.text .mark.picked')?.textContent.trim() === '9.2%')
    await page.context().close()
  })

  await check('a dropped file that is no text is refused with what it is', async () => {
    const page = await open(browser)
    await withToken(page)
    await go(page, '/read')
    await page.evaluate(() => {
      const data = new DataTransfer()
      data.items.add(new File(['%PDF-1.7 x'], 'a.pdf'))
      document.querySelector('form .drop').dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
    })
    await page.locator('form [role=alert]').waitFor()
    holds((await page.locator('form [role=alert]').innerText()).includes('PDF'), 'what it is')
    await page.context().close()
  })

  await check('either side leads to the other', async () => {
    const page = await open(browser)
    await go(page, desk)
    await page.getByRole('button', { name: /^全部/ }).click()
    await page.locator('.text .mark', { hasText: '308.7亿元' }).click()
    const card = page.locator('.card.picked')
    await page.waitForFunction(() => document.querySelector('.card.picked')?.textContent.includes('308.7'))
    holds((await card.innerText()).includes('规上工业利润'), 'the card of the mark')
    same(await page.evaluate(() => document.activeElement?.closest('.card') !== null), true, 'focus on the card')
    await page.locator('.card .top', { hasText: '9.2%' }).click()
    await page.waitForFunction(() => document.querySelector('.text .mark.picked')?.textContent.trim() === '9.2%')
    await page.locator('.card.picked').getByRole('button', { name: '到原文' }).click()
    await page.waitForFunction(() => document.activeElement?.getAttribute('data-mark') !== null)
    same((await page.evaluate(() => document.activeElement.textContent)).trim(), '9.2%', 'focus in the text')
    holds(page.url().includes('claim='), 'the place is in the address')
    await page.context().close()
  })

  await check('keyboard only: along the marks, to the card, correct, reject', async () => {
    const page = await open(browser)
    await withToken(page)
    await go(page, desk)
    await page.locator('.text').focus()
    await page.keyboard.press('Tab')
    const first = (await page.evaluate(() => document.activeElement.textContent)).trim()
    await page.keyboard.press('ArrowUp')
    await page.waitForFunction((t) => document.activeElement?.textContent.trim() !== t, first)
    for (let i = 0; i < 12; i++) {
      if ((await page.evaluate(() => document.activeElement.textContent)).trim() === '308.7亿元') break
      await page.keyboard.press('ArrowUp')
      await page.waitForTimeout(80)
    }
    same((await page.evaluate(() => document.activeElement.textContent)).trim(), '308.7亿元', 'reached with arrows')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.activeElement?.classList.contains('top'))
    const picked = page.locator('.card.picked')
    await picked.getByRole('button', { name: '更正' }).focus()
    await page.keyboard.press('Enter')
    await picked.getByLabel('数值', { exact: true }).focus()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('318.7')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('.card.picked')?.textContent.includes('318.7'))
    const now = (await ask(`/document?id=${desk.split('/').pop()}`)).claims.find((c) => c.text === '308.7亿元')
    same(now.value, '318.7', 'corrected value')
    same(now.history.length, 1, 'the old version is kept')
    same(now.actor, 'admin', 'author')
    await picked.getByRole('button', { name: '否定' }).focus()
    await page.keyboard.press('Enter')
    await picked.getByRole('button', { name: '确认否定' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('.card.picked')?.classList.contains('rejected'))
    same((await ask(`/fact?id=${now.fact}`)).history.at(-1).state, 'withdrawn', 'the fact is withdrawn, not erased')
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })

  await check('a name is taught, and a second document needs no hand', async () => {
    const page = await open(browser)
    await withToken(page)
    await go(page, desk)
    await page.locator('.text .mark.queued', { hasText: '77家' }).click()
    const picked = page.locator('.card.picked')
    await picked.getByRole('button', { name: '教名称' }).click()
    await picked.getByLabel('实体或指标').fill('新增规上工业企业数')
    await picked.getByRole('button', { name: '教会' }).click()
    await page.waitForFunction(() => [...document.querySelectorAll('.text .mark.filed')].some((m) => m.textContent.trim() === '77家'))
    const again = await read('year-2023.txt', '2023年，洛阳市新增神仙企业66家。')
    same(again.document.queued, 0, 'queue of the second document')
    same(again.document.filed, 1, 'filed of the second document')
    await page.context().close()
  })

  await check('what a document contradicts is told with both sides', async () => {
    const a = await read('contradiction.txt', '2024年，洛阳市规模以上工业增加值增长7.7%。')
    holds(a.relations.length > 0, 'relations')
    const r = a.relations.find((x) => x.relation === 'contradicts')
    holds(r && r.row.places[0].doc === 'contradiction.txt' && r.other.places[0].doc === 'year-2024.txt', 'both sources')
    holds(a.broken_rules > 0 && a.cases[0].rows.length === 2, 'the rule of the checker, with its figures')
  })

  await check('noise becomes a figure', async () => {
    const page = await open(browser)
    await withToken(page)
    await go(page, desk)
    await page.locator('.text .mark.noise').first().click()
    const card = page.locator('.card', { hasText: '记为一条读数' })
    await card.getByLabel('指标', { exact: true }).fill('上市公司数')
    await card.getByLabel('数值', { exact: true }).fill('16')
    await card.getByLabel('单位', { exact: true }).fill('家')
    await card.getByLabel('时期', { exact: true }).fill('2024')
    await card.getByRole('button', { name: '保存' }).click()
    await page.waitForFunction(() => document.querySelector('.card.picked.filed'))
    holds((await page.locator('.card.picked').innerText()).includes('上市公司数'), 'the new claim')
    await page.context().close()
  })

  for (const [locale, theme] of [['zh', 'light'], ['en', 'dark']])
    await check(`desk ${locale} ${theme}: axe finds nothing, narrow neither`, async () => {
      const page = await open(browser, { locale, theme })
      for (const [name, address] of [['read', '/read'], ['desk', desk]]) {
        await go(page, address)
        if (name === 'desk') {
          await page.locator('.text .mark.queued').first().click()
          await page.locator('.card.picked').getByRole('button', { name: /更正|Correct/ }).click()
        }
        await shot(page, `${name}-${locale}-${theme}`)
        same((await violations(page)).join('\n'), '', `${name}: violations`)
      }
      same(page.faults.join('; '), '', 'console')
      await page.setViewportSize({ width: 390, height: 844 })
      for (const address of ['/read', desk]) {
        await go(page, address)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        holds(wide <= 0, `${address}: ${wide} pixels too wide`)
      }
      await shot(page, `desk-${locale}-narrow`)
      await page.context().close()
    })

  await check('a text of a megabyte: shown, scrolled and jumped in without a pause', async () => {
    const text = megabyte()
    const began = Date.now()
    const a = await read('megabyte.txt', text)
    const readMs = Date.now() - began
    const page = await open(browser)
    const shownAt = Date.now()
    await go(page, `/read/${a.document.id}`)
    await page.locator('.text .mark').first().waitFor()
    const showMs = Date.now() - shownAt
    const nodes = await page.evaluate(() => document.querySelectorAll('main *').length)
    const last = (await ask(`/document?id=${a.document.id}`)).claims.at(-1)
    await page.getByRole('button', { name: /^全部/ }).click()
    const jumpAt = Date.now()
    await page.evaluate(() => document.querySelector('.text').scrollTo(0, 1e9))
    await page.waitForFunction((t) => [...document.querySelectorAll('.text .mark')].some((m) => m.textContent.trim() === t), last.text)
    await page.locator('.text .mark', { hasText: last.text }).last().click()
    await page.waitForFunction((id) => document.getElementById(`card-${id}`) !== null, last.id)
    const jumpMs = Date.now() - jumpAt
    console.log(`# ${Buffer.byteLength(text)} bytes, ${a.document.filed + a.document.queued + a.document.merged} claims: read ${readMs} ms, shown ${showMs} ms, end and card ${jumpMs} ms, ${nodes} elements`)
    await shot(page, 'desk-megabyte')
    holds(nodes < 12000, `${nodes} elements are drawn at once`)
    holds(showMs < 15000 && jumpMs < 8000, `shown in ${showMs} ms, jumped in ${jumpMs} ms`)
    same(page.faults.join('; '), '', 'console')
    await page.context().close()
  })
}

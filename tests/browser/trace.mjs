/* From a figure on the screen to the characters of its document. */
import { check, go, holds, open, same, settle, shot } from './lib.mjs'

const WORDS = {
  zh: { span: '第 1171–1176 字', before: '前值' },
  en: { span: 'characters 1171–1176', before: 'before' },
}

export async function trace(browser) {
  for (const locale of ['zh', 'en']) {
    await check(`${locale}: from 数字化转型指数 of 洛阳市 to the characters 1171-1176`, async () => {
      const page = await open(browser, { locale })
      await go(page, '/region/' + encodeURIComponent('洛阳市'))
      const cell = page.locator('li.cell', { has: page.getByRole('link', { name: '数字化转型指数', exact: true }) })
      await cell.scrollIntoViewIfNeeded()
      const text = await cell.innerText()
      holds(text.includes('32.94') && text.includes('29.44') && text.includes(WORDS[locale].before), `cell says ${text}`)
      await cell.locator('.value a').click()
      await page.waitForURL(/\/fact\/\d+/)
      await settle(page)
      const place = page.locator('.place').first()
      holds((await place.innerText()).includes(WORDS[locale].span), `fact page says ${await place.innerText()}`)
      same((await place.locator('blockquote').innerText()).trim(), '32.94', 'quoted text')
      await place.locator('a').first().click()
      await page.waitForURL(/\/source\/\d+\?.*fact=\d+/)
      await settle(page)
      const target = page.locator('tr.target')
      same(await target.count(), 1, 'highlighted rows')
      const line = await target.innerText()
      holds(line.includes(WORDS[locale].span) && line.includes('32.94'), `source page says ${line}`)
      same(await target.evaluate((e) => { const r = e.getBoundingClientRect(); return r.top >= 0 && r.bottom <= innerHeight }), true, 'target in view')
      await shot(page, `trace-${locale}`)
      same(page.faults.join('; '), '', 'console')
      await page.context().close()
    })
  }

  await check('as of 2025-01-01 only 29.44 is known', async () => {
    const page = await open(browser)
    await go(page, `/region/${encodeURIComponent('洛阳市')}?as_of=2025-01-01`)
    const cell = page.locator('li.cell', { has: page.getByRole('link', { name: '数字化转型指数', exact: true }) })
    same((await cell.locator('.value .digits').innerText()).trim(), '29.44', 'value')
    holds(!(await page.locator('main').innerText()).includes('32.94'), '32.94 is shown')
    await cell.locator('h3 a').click()
    await page.waitForURL(/\/figure\?.*as_of=2025-01-01/)
    await settle(page)
    const main = await page.locator('main').innerText()
    holds(main.includes('29.44') && !main.includes('32.94'), 'the series knows more than its day')
    await page.getByRole('button', { name: '显示全部' }).click()
    await page.waitForFunction(() => document.querySelector('main')?.innerText.includes('32.94'))
    holds(!page.url().includes('as_of'), 'the day stays in the address')
    await page.context().close()
  })

  await check('the day is set with the picker and kept in the address', async () => {
    const page = await open(browser)
    await go(page, '/region/' + encodeURIComponent('洛阳市'))
    await page.locator('input[type=date]').fill('2025-01-01')
    await page.waitForURL(/as_of=2025-01-01/)
    await settle(page)
    holds(!(await page.locator('main').innerText()).includes('32.94'), '32.94 is shown')
    await page.context().close()
  })
}

/* The table of Beijing adds up before the reader's eyes. */
import { check, go, holds, open, same, settle, shot } from './lib.mjs'

const address = `/figure?indicator=${encodeURIComponent('规模以上工业总产值')}&of=${encodeURIComponent('全市')}&by=${encodeURIComponent('区')}&period=${encodeURIComponent('2017-01/2017-05')}`

export async function sums(browser) {
  for (const [locale, reason, unit] of [['zh', '四舍五入', '万元'], ['en', 'rounding', 'ten thousand yuan']]) {
    await check(`${locale}: remainder of -1 万元 by rounding, parts + remainder = whole`, async () => {
      const page = await open(browser, { locale })
      await go(page, address)
      const table = page.locator('table[data-test=parts]').first()
      const rest = (await table.locator('[data-test=remainder]').innerText()).replaceAll('\u00a0', ' ')
      holds(rest.includes('−1 ' + unit) && rest.includes(reason), `remainder says ${rest}`)
      const sum = await table.locator('[data-test=sum]').innerText()
      holds(sum.includes('✓') && sum.includes('68,630,320'), `sum says ${sum}`)
      holds((await table.locator('tfoot').innerText()).includes('68,630,321'), 'sum of the parts')
      same(page.faults.join('; '), '', 'console')
      await shot(page, `sums-${locale}`)
      await page.context().close()
    })
  }
  await check('drill into a part keeps indicator and period', async () => {
    const page = await open(browser)
    await go(page, address)
    await page.locator('table[data-test=parts]').first().getByRole('link', { name: '首都功能核心区', exact: true }).click()
    await page.waitForFunction(() => document.querySelector('.crumbs')?.textContent.includes('首都功能核心区'))
    await settle(page)
    holds((await page.locator('main').innerText()).includes('5,184,444'), 'the part is the new whole')
    await page.context().close()
  })
}

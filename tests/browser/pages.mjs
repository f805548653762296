/* Every page in both languages and themes: nothing for axe to find, nothing in the console, no sideways scrolling. */
import { ask, check, go, holds, open, same, shot, violations } from './lib.mjs'

async function list() {
  const region = await ask('/region?of=' + encodeURIComponent('洛阳市'))
  const index = region.figures.find((f) => f.now.indicator?.name === '数字化转型指数')
  const fact = index.now.fact
  const source = (await ask(`/fact?id=${fact}`)).row.places[0].source
  const id = region.entity.id
  const e = encodeURIComponent
  return [
    ['region', `/region/${id}`],
    ['region-province', `/region/${e('河南省')}`],
    ['figure', `/figure?indicator=${e('数字化转型指数')}&of=${e('#' + id)}`],
    ['figure-parts', `/figure?indicator=${e('规模以上工业总产值')}&of=${e('全市')}&by=${e('区')}`],
    ['figure-all', `/figure?indicator=${e('产业集群规模')}`],
    ['fact', `/fact/${fact}`],
    ['source', `/source/${source}?fact=${fact}`],
    ['sources', '/sources'],
    ['chains', `/chains?of=${e('#' + id)}`],
    ['analysis', '/analysis'],
    ['analysis-spread', '/analysis?view=spread'],
    ['analysis-lq', '/analysis?view=lq'],
    ['analysis-io', '/analysis?view=io'],
    ['indicators', '/indicators'],
    ['check', '/check'],
    ['read', '/read'],
    ['import', '/import'],
    ['about', '/about'],
  ]
}

export async function pages(browser) {
  const all = await list()
  for (const locale of ['zh', 'en'])
    for (const theme of ['light', 'dark']) {
      const page = await open(browser, { locale, theme })
      for (const [name, address] of all)
        await check(`${name} ${locale} ${theme}: axe finds nothing`, async () => {
          page.faults.length = 0
          await go(page, address)
          await shot(page, `${name}-${locale}-${theme}`)
          same(await page.evaluate(() => document.documentElement.lang), locale === 'zh' ? 'zh-CN' : 'en', 'language')
          same((await violations(page)).join('\n'), '', 'violations')
          same(page.faults.join('; '), '', 'console')
        })
      await page.context().close()
    }
  for (const [locale, theme] of [['zh', 'light'], ['en', 'dark']]) {
    const page = await open(browser, { locale, theme, width: 390, height: 844 })
    for (const [name, address] of all)
      await check(`${name} ${locale} at 390 pixels: no sideways scrolling`, async () => {
        await go(page, address)
        await shot(page, `${name}-${locale}-narrow`)
        const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
        holds(wide <= 0, `${wide} pixels too wide`)
      })
    await page.context().close()
  }
  await check('wrong addresses and names say so in words', async () => {
    const page = await open(browser)
    await go(page, '/no-such-page')
    holds((await page.locator('main').innerText()).includes('没有这个页面'), 'page')
    await page.goto((process.env.BASE_URL ?? '') + '/region/' + encodeURIComponent('不存在市'))
    await page.getByRole('alert').waitFor()
    holds((await page.getByRole('alert').innerText()).includes('没有找到'), 'entity')
    same((await violations(page)).join('\n'), '', 'violations')
    await page.context().close()
  })
}

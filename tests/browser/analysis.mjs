/* Regional analysis in the browser: pictures, tables, the way from a number to its figures, what is missing. REGIONS_URL:
 * a server with the fixtures by region and industry; BASE_URL: the example workspace. */
import { check, go, holds, open, same, settle, shot, violations } from './lib.mjs'

const REGIONS = (process.env.REGIONS_URL ?? '').replace(/\/$/, '')

async function at(page, address) {
  await page.goto(REGIONS + address, { waitUntil: 'load' })
  await settle(page)
}
const main = (page) => page.locator('main').innerText()

export async function analysis(browser) {
  if (!REGIONS) {
    console.log('# REGIONS_URL is not set: the analysis of regions by industries is skipped')
    return
  }
  const page = await open(browser)
  for (const view of ['lq', 'rank', 'space', 'shift', 'series', 'io', 'score', 'spread', 'chain', 'match'])
    await check(`analysis ${view}: drawn, told how, axe finds nothing`, async () => {
      page.faults.length = 0
      await at(page, `/analysis?view=${view}`)
      await shot(page, `regions-${view}`)
      holds((await main(page)).includes('怎样算的'), 'how it is computed')
      same((await violations(page)).join('\n'), '', 'violations')
      same(page.faults.join('; '), '', 'console')
    })
  await check('a number leads to its figures and on to the fact', async () => {
    await at(page, '/analysis?view=lq')
    const button = page.getByRole('button', { name: /东域 区位商：/ }).first()
    await button.focus()
    await page.keyboard.press('Enter')
    same(await button.getAttribute('aria-expanded'), 'true', 'open')
    const link = page.locator('.sources a').first()
    holds((await page.locator('.sources').innerText()).includes('东域 · '), 'names the region')
    await link.click()
    await page.waitForURL('**/fact/**')
    await settle(page)
    holds((await main(page)).includes('测试从业人员'), 'the fact')
  })
  await check('shift-share on the page adds up to the growth', async () => {
    await at(page, '/analysis?view=shift')
    const rows = await page.locator('table tbody tr').evaluateAll((trs) => trs.map((tr) => [...tr.children].map((c) => c.querySelector('button')?.title ?? c.textContent.trim())))
    const of = (region, part) => Number(rows.find((r) => r[0] === region && r[2] === part)?.[3])
    for (const region of ['东域', '西域', '北域']) {
      const sum = of(region, '全域份额') + of(region, '结构份额') + of(region, '竞争份额')
      holds(Math.abs(sum - of(region, '增量')) < 1e-9, `${region}: ${sum} is not ${of(region, '增量')}`)
    }
  })
  await check('what was left out is named', async () => {
    const text = await main(page)
    holds(text.includes('纺织') && text.includes('缺数，整列不计入'), 'the column with a gap')
  })
  await check('another region is chosen by the keyboard', async () => {
    await at(page, '/analysis?view=space')
    await page.getByLabel('看哪个地区').selectOption('西域')
    await settle(page)
    holds((await main(page)).includes('西域在产品空间中的位置'), 'the picture is of the region')
    holds(page.url().includes('focus='), 'the address keeps it')
  })
  await check('the input-output table is split and drawn', async () => {
    await at(page, '/analysis?view=io')
    const text = await main(page)
    holds(text.includes('农业') && text.includes('产出乘数'), 'sectors')
    await page.getByRole('button', { name: /农业 产出乘数/ }).click()
    holds((await page.locator('.sources').innerText()).includes('试验投入产出表'), 'its dataset')
  })
  await check('demand and supply are matched, with a reason for every pair', async () => {
    await at(page, '/analysis?view=match&dataset=demands;suppliers;rules')
    await shot(page, 'regions-match-pairs')
    const text = await main(page)
    holds(text.includes('成对') && text.includes('未成：没有合格的对方'), 'reasons of the matching')
    holds(text.includes('amount 50 <= capacity 40'), 'reason of who does not qualify')
    same((await violations(page)).join('\n'), '', 'violations')
  })
  await check('the chain of the input-output table', async () => {
    await at(page, '/analysis?view=chain&dataset=io')
    holds((await main(page)).includes('断链损失'), 'risk')
  })
  await check('CSV is taken away', async () => {
    await at(page, '/analysis?view=lq')
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: '下载 CSV' }).first().click()])
    same(file.suggestedFilename(), 'lq-lq.csv', 'name')
  })
  await page.context().close()

  const english = await open(browser, { locale: 'en', theme: 'dark' })
  await check('the same in English and dark', async () => {
    await at(english, '/analysis?view=space')
    await shot(english, 'regions-space-en')
    holds((await main(english)).includes('How it is computed'), 'words')
    same((await violations(english)).join('\n'), '', 'violations')
  })
  await check('a workspace without such figures says what it wants', async () => {
    await go(english, '/analysis?view=shift')
    const text = await main(english)
    holds(/at least 2 regions, 2 industries, 2\s+periods/.test(text), text.slice(0, 400))
  })
  await check('and shows what its figures allow', async () => {
    await go(english, '/analysis?view=score')
    holds((await main(english)).includes('矿产品、建材及化工产品批发'), 'the wholesale trades of Mengjin')
  })
  await english.context().close()
}

/* Without a mouse: search, choose, walk to a figure, open its source; switch language and theme. */
import { check, go, holds, open, same, settle } from './lib.mjs'

async function tabTo(page, wanted, limit = 120) {
  for (let i = 0; i < limit; i++) {
    await page.keyboard.press('Tab')
    const hit = await page.evaluate((w) => {
      const e = document.activeElement
      const name = (e?.getAttribute('aria-label') ?? '') + ' ' + (e?.textContent ?? '')
      return e !== document.body && w.every((x) => name.includes(x))
    }, [wanted].flat())
    if (hit) return
  }
  throw new Error(`'${[wanted].flat().join(' ')}' not reached with Tab`)
}

export async function keyboard(browser) {
  await check('keyboard only: search, figure, source', async () => {
    const page = await open(browser)
    await go(page, '/about')
    await page.keyboard.press('/')
    same(await page.evaluate(() => document.activeElement?.getAttribute('role')), 'combobox', 'focus after /')
    await page.keyboard.type('洛阳市')
    await page.locator('[role=option]').first().waitFor()
    await page.keyboard.press('ArrowDown')
    holds((await page.locator('[role=option][aria-selected=true]').innerText()).includes('洛阳市'), 'first choice')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/region\/\d+/)
    await settle(page)
    await tabTo(page, ['数字化转型指数', '32.94'], 400)
    const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle)
    same(ring, 'solid', 'focus is visible')
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/fact\/\d+/)
    await settle(page)
    await tabTo(page, '洛报融媒', 60).catch(() => tabTo(page, '001_8e00ac7a97b8b83b', 60))
    await page.keyboard.press('Enter')
    await page.waitForURL(/\/source\/\d+/)
    await settle(page)
    holds((await page.locator('tr.target').innerText()).includes('1171'), 'target')
    await page.context().close()
  })
  await check('keyboard only: skip link, language and theme are kept', async () => {
    const page = await open(browser)
    await go(page, '/about')
    await page.keyboard.press('Tab')
    same(await page.evaluate(() => document.activeElement?.getAttribute('href')), '#main', 'first stop')
    await tabTo(page, 'English')
    await page.keyboard.press('Enter')
    same(await page.evaluate(() => document.documentElement.lang), 'en', 'language')
    await tabTo(page, 'Dark')
    await page.keyboard.press('Space')
    same(await page.evaluate(() => document.documentElement.classList.contains('dark')), true, 'theme')
    await page.reload()
    await settle(page)
    same(await page.evaluate(() => [document.documentElement.lang, document.documentElement.classList.contains('dark')].join()), 'en,true', 'after reload')
    await page.context().close()
  })
  await check('map: a district opens its page, and the list below does the same', async () => {
    const page = await open(browser)
    await go(page, '/region/' + encodeURIComponent('洛阳市'))
    const map = page.locator('section', { has: page.locator('.map') })
    holds((await map.innerText()).includes('示意图'), 'the notice stands under the map')
    await map.locator('summary').focus()
    await page.keyboard.press('Enter')
    await map.getByRole('link', { name: '孟津区' }).focus()
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('孟津区'))
    await page.goBack()
    await settle(page)
    await page.locator('.map svg text', { hasText: '栾川县' }).first().click()
    await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('栾川县'))
    await page.context().close()
  })
}

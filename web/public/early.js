/* Sets language and theme before the first paint; the policy of the server allows no inline script. */
(function () {
  var root = document.documentElement, saved = {}
  try { saved = JSON.parse(localStorage.getItem('luoshu.settings') || '{}') || {} } catch (e) { saved = {} }
  var theme = saved.theme || 'auto'
  var dark = theme === 'dark' || (theme === 'auto' && matchMedia('(prefers-color-scheme: dark)').matches)
  root.classList.toggle('dark', dark)
  root.lang = saved.locale === 'en' ? 'en' : 'zh-CN'
})()

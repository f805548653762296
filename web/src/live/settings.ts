/* Language and theme, kept in the browser. public/early.js reads the same record before the first paint. */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import type { Locale } from '../logic/fmt'

export type Theme = 'auto' | 'light' | 'dark'

const KEY = 'luoshu.settings'

interface Saved {
  locale: Locale
  theme: Theme
}

function load(): Saved {
  try {
    const s = JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Saved>
    return { locale: s.locale === 'en' ? 'en' : 'zh', theme: s.theme === 'dark' || s.theme === 'light' ? s.theme : 'auto' }
  } catch {
    return { locale: 'zh', theme: 'auto' }
  }
}

export const useSettings = defineStore('settings', () => {
  const saved = load()
  const locale = ref<Locale>(saved.locale)
  const theme = ref<Theme>(saved.theme)
  const system = matchMedia('(prefers-color-scheme: dark)')
  const systemDark = ref(system.matches)
  system.addEventListener('change', (e) => (systemDark.value = e.matches))
  const dark = computed(() => theme.value === 'dark' || (theme.value === 'auto' && systemDark.value))

  watch(
    [locale, dark, theme],
    () => {
      document.documentElement.lang = locale.value === 'zh' ? 'zh-CN' : 'en'
      document.documentElement.classList.toggle('dark', dark.value)
      try {
        localStorage.setItem(KEY, JSON.stringify({ locale: locale.value, theme: theme.value }))
      } catch {
        /* private mode: the choice lasts for the page */
      }
    },
    { immediate: true },
  )
  return {
    locale,
    theme,
    dark,
    toggleLocale: () => (locale.value = locale.value === 'zh' ? 'en' : 'zh'),
    toggleTheme: () => (theme.value = dark.value ? 'light' : 'dark'),
  }
})

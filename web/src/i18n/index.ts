/* t('key', {name: value}) in the language of the page. '{n} fact[s]' loses what is in brackets when n is 1. */
import { useSettings } from '../live/settings'
import { en } from './en'
import { zh, type Key } from './zh'
import type { Locale } from '../logic/fmt'

export type { Key } from './zh'
export type Params = Readonly<Record<string, string | number>>

const TEXTS: Readonly<Record<Locale, Readonly<Record<Key, string>>>> = { zh, en }

export function text(locale: Locale, key: Key, params: Params = {}): string {
  const one = params['n'] === 1
  return TEXTS[locale][key].replace(/\[(\w+)\]/g, one ? '' : '$1').replace(/\{(\w+)\}/g, (all, name: string) => String(params[name] ?? all))
}

export function isKey(key: string): key is Key {
  return key in zh
}

export function useText() {
  const settings = useSettings()
  const t = (key: Key, params?: Params) => text(settings.locale, key, params)
  /* A code of the interface: 'kind.' + 'level'; an unknown code is shown as it came. */
  const code = (group: string, value: string) => {
    const key = `${group}.${value}`
    return isKey(key) ? t(key) : value
  }
  return { t, code, settings }
}

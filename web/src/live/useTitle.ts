import { watchEffect } from 'vue'
import { useText } from '../i18n'

/* The title of the document: page, then product. */
export function useTitle(page: () => string): void {
  const { t } = useText()
  watchEffect(() => {
    const p = page()
    document.title = p ? `${p} · ${t('app.name')}` : t('app.name')
  })
}

/* A read of the server as { data, error, busy }: fetched when its key changes, the one before is given up;
 * fetched again, quietly, when the server has a newer revision. A null key reads nothing. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ApiError } from '../api/http'
import type { RequestOptions } from '../api/client'
import { useLive } from './live'

export interface Answer<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<ApiError | undefined>
  busy: Ref<boolean>
  again: () => void
}

export function useApi<P, T>(params: () => P | null, load: (p: P, o: RequestOptions) => Promise<T>): Answer<T> {
  const data = shallowRef<T>()
  const error = shallowRef<ApiError>()
  const busy = ref(false)
  const live = useLive()
  let running: AbortController | undefined

  async function fetchNow(quiet: boolean): Promise<void> {
    running?.abort()
    const p = params()
    if (!quiet) {
      data.value = undefined
      error.value = undefined
    }
    if (p === null) {
      busy.value = false
      return
    }
    const mine = new AbortController()
    running = mine
    busy.value = true
    try {
      const answer = await load(p, { signal: mine.signal })
      if (mine.signal.aborted) return
      data.value = answer
      error.value = undefined
    } catch (e) {
      if (mine.signal.aborted) return
      error.value = e instanceof ApiError ? e : new ApiError(0, 'bug', String(e), 0, 0, null)
    } finally {
      if (running === mine) busy.value = false
    }
  }

  watch(
    () => JSON.stringify(params()),
    () => void fetchNow(false),
    { immediate: true },
  )
  watch(
    () => live.revision,
    (now, before) => {
      if (before > 0 && now > before) void fetchNow(true)
    },
  )
  onScopeDispose(() => running?.abort())
  return { data, error, busy, again: () => void fetchNow(false) }
}

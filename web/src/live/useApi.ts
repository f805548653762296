/* A read of the server as { data, error, busy }: fetched when its key changes, the one before is given up;
 * fetched again, quietly, when the server has a newer revision, and when readings concern it, at most once in
 * `every_ms`. A null key reads nothing. */
import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { ApiError } from '../api/http'
import type { RequestOptions } from '../api/client'
import { useLive } from './live'
import { pace } from './pace'
import type { Readings } from './stream'

export interface Answer<T> {
  data: ShallowRef<T | undefined>
  error: ShallowRef<ApiError | undefined>
  busy: Ref<boolean>
  again: () => void /* from the start: what was shown is gone */
  refresh: () => void /* quietly: what was shown stays until the answer is there */
}

/* Which readings concern what is shown. */
export interface Follow {
  concerns: (r: Readings) => boolean
  every_ms?: number
}

export function useApi<P, T>(
  params: () => P | null,
  load: (p: P, o: RequestOptions) => Promise<T>,
  readings?: Follow,
): Answer<T> {
  const data = shallowRef<T>()
  const error = shallowRef<ApiError>()
  const busy = ref(false)
  const live = useLive()
  let running: AbortController | undefined
  let late = false

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
      if (running === mine) {
        busy.value = false
        catchUp()
      }
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
  /* One answer is awaited before the next is asked for: a slow server is not asked over and over. */
  const paced = pace(() => {
    if (document.hidden || busy.value) late = true
    else void fetchNow(true)
  }, readings?.every_ms ?? 1000)
  function catchUp(): void {
    if (document.hidden || !late) return
    late = false
    paced.call()
  }
  const leave = readings ? live.onReadings((r) => (r.all || readings.concerns(r)) && paced.call()) : undefined
  if (readings) document.addEventListener('visibilitychange', catchUp)
  onScopeDispose(() => {
    running?.abort()
    paced.stop()
    leave?.()
    document.removeEventListener('visibilitychange', catchUp)
  })
  return { data, error, busy, again: () => void fetchNow(false), refresh: () => void fetchNow(true) }
}

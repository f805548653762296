/* The one place where the cockpit speaks HTTP. Written by hand; client.ts is made over it. */

export interface RequestOptions {
  signal?: AbortSignal
}

type Param = string | number | boolean | null | undefined

export class ApiError extends Error {
  constructor(
    readonly status: number /* 0: the server was not reached */,
    readonly code: string,
    text: string,
    readonly line: number,
    readonly column: number,
    readonly body: unknown,
  ) {
    super(text)
    this.name = 'ApiError'
  }
}

const BASE = '/api/v1'
const TOKEN = 'luoshu.token'

/* The token lives in this tab only and is gone when the tab is closed. */
export function token(): string {
  try {
    return sessionStorage.getItem(TOKEN) ?? ''
  } catch {
    return ''
  }
}

export function setToken(value: string): void {
  if (value) sessionStorage.setItem(TOKEN, value)
  else sessionStorage.removeItem(TOKEN)
}

/* Missing and empty parameters are left out; true is 1 and false is left out. */
export function queryText(params: Record<string, Param>): string {
  const q = new URLSearchParams()
  for (const [k, v] of Object.entries(params)) {
    if (v === undefined || v === null || v === '' || v === false) continue
    q.set(k, v === true ? '1' : String(v))
  }
  const text = q.toString()
  return text ? `?${text}` : ''
}

function isRecord(v: unknown): v is Record<string, unknown> {
  return typeof v === 'object' && v !== null && !Array.isArray(v)
}

function refusal(status: number, body: unknown): ApiError {
  const e = isRecord(body) && isRecord(body['error']) ? body['error'] : {}
  const text = typeof e['text'] === 'string' ? e['text'] : `HTTP ${status}`
  const code = typeof e['code'] === 'string' ? e['code'] : ''
  const line = typeof e['line'] === 'number' ? e['line'] : 0
  const column = typeof e['column'] === 'number' ? e['column'] : 0
  return new ApiError(status, code, text, line, column, body)
}

export async function call<T>(
  method: 'GET' | 'POST',
  path: string,
  params: Record<string, Param>,
  body: Blob | undefined,
  o: RequestOptions = {},
): Promise<T> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': document.documentElement.lang }
  const secret = token()
  if (secret) headers['Authorization'] = `Bearer ${secret}`
  if (body) headers['Content-Type'] = 'text/csv; charset=utf-8'
  const init: RequestInit = { method, headers }
  if (body) init.body = body
  if (o.signal) init.signal = o.signal
  let answer: Response
  try {
    answer = await fetch(BASE + path + queryText(params), init)
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, 'unreachable', '', 0, 0, null)
  }
  const parsed: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw refusal(answer.status, parsed)
  return parsed as T
}

/* Build into dist/, which the server embeds. Development: LUOSHU=http://127.0.0.1:8080 npm run dev */
import vue from '@vitejs/plugin-vue'
import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const server = process.env['LUOSHU'] ?? 'http://127.0.0.1:8080'

/* The maps there are, so that the cockpit does not ask for others. */
const maps = readdirSync(fileURLToPath(new URL('public/geo', import.meta.url)))
  .filter((f) => f.endsWith('.json'))
  .map((f) => f.slice(0, -'.json'.length))

export default defineConfig({
  base: '/',
  plugins: [vue()],
  define: { __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __MAPS__: JSON.stringify(maps) },
  worker: { format: 'es' },
  build: {
    target: 'es2022',
    outDir: 'dist',
    assetsInlineLimit: 0 /* the policy of the server allows data: for images only */,
    chunkSizeWarningLimit: 600,
  },
  server: { proxy: { '/api': server, '/healthz': server } },
  test: { environment: 'node', include: ['src/**/*.test.ts'] },
})

/// <reference types="vite/client" />

/* Names of the files in public/geo, put in by vite.config.ts. */
declare const __MAPS__: readonly string[]

import { createRouter, createWebHistory } from 'vue-router'

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    { path: '/', redirect: (to) => ({ path: '/region', query: to.query }) },
    { path: '/region/:id?', name: 'region', component: () => import('./views/region/RegionPage.vue') },
    { path: '/figure', name: 'figure', component: () => import('./views/figure/FigurePage.vue') },
    { path: '/fact/:id(\\d+)', name: 'fact', component: () => import('./views/fact/FactPage.vue') },
    { path: '/sources', name: 'sources', component: () => import('./views/source/SourcesPage.vue') },
    { path: '/source/:id(\\d+)', name: 'source', component: () => import('./views/source/SourcePage.vue') },
    { path: '/chains', name: 'chains', component: () => import('./views/chains/ChainsPage.vue') },
    { path: '/analysis', name: 'analysis', component: () => import('./views/analysis/AnalysisPage.vue') },
    { path: '/indicators', name: 'indicators', component: () => import('./views/indicators/IndicatorsPage.vue') },
    { path: '/devices', name: 'devices', component: () => import('./views/devices/DevicesPage.vue') },
    { path: '/device/:id(\\d+)', name: 'device', component: () => import('./views/devices/DevicePage.vue') },
    { path: '/point/:id(\\d+)', name: 'point', component: () => import('./views/devices/PointPage.vue') },
    { path: '/quarantine', name: 'quarantine', component: () => import('./views/quarantine/QuarantinePage.vue') },
    { path: '/check', name: 'check', component: () => import('./views/check/CheckPage.vue') },
    { path: '/read', name: 'read', component: () => import('./views/read/ReadPage.vue') },
    { path: '/read/:id(\\d+)', name: 'desk', component: () => import('./views/read/DeskPage.vue') },
    { path: '/import', name: 'import', component: () => import('./views/import/ImportPage.vue') },
    { path: '/about', name: 'about', component: () => import('./views/about/AboutPage.vue') },
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./views/about/MissingPage.vue') },
  ],
  scrollBehavior(to, from, saved) {
    if (saved) return saved
    if (to.hash) return { el: to.hash }
    return to.path === from.path ? undefined : { top: 0 }
  },
})

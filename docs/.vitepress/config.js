import { defineConfig } from 'vitepress'
import { apiPages } from '../api-pages.js'
import { leadOutOfDocuments } from './leading-out.js'

const page = (text, link) => ({ text, link })

/** The documents as a site: `npm run docs`. A link that leads nowhere fails the build, which is VitePress's default. */
export default defineConfig({
  title: 'image-recommender',
  description:
    'Image recommendations by what is in the pictures, for any TypeScript application, and each with its reason.',
  // Served from anywhere: `DOCS_BASE=/docs/ npm run docs` for a folder of a host.
  base: process.env.DOCS_BASE ?? '/',
  cleanUrls: true,
  lastUpdated: false,
  markdown: { config: leadOutOfDocuments },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    nav: [page('Start', '/start'), page('Concepts', '/concepts'), page('Errors', '/errors'), page('API', '/api/')],
    socialLinks: [{ icon: 'github', link: 'https://github.com/image-recommender/image-recommender' }],
    sidebar: [
      {
        text: 'Begin',
        items: [
          page('In five minutes', '/start'),
          page('Concepts', '/concepts'),
          page('Choosing parts', '/choosing'),
          page('Comparison', '/comparison'),
        ],
      },
      {
        text: 'Recommend',
        items: [
          page('Ranking and reasons', '/ranking'),
          page('Models', '/models'),
          page('Describing images', '/extraction'),
          page('Recipes', '/recipes'),
        ],
      },
      {
        text: 'Run it',
        items: [
          page('PostgreSQL', '/postgres'),
          page('Redis', '/redis'),
          page('HNSW', '/hnsw'),
          page('Many replicas', '/many-replicas'),
          page('The service', '/service'),
          page('The command line', '/cli'),
          page('Errors', '/errors'),
        ],
      },
      {
        text: 'How it works',
        items: [
          page('Exact search', '/how-exact-search-works'),
          page('Performance', '/performance'),
          page('Performance on servers', '/performance-on-servers'),
          page('Reliability', '/reliability'),
          page('Parts of your own', '/your-own-parts'),
          page('Decisions', '/decisions'),
          page('Licences', '/licences'),
        ],
      },
      { text: 'API', collapsed: true, items: apiPages.map(({ name, link }) => page(name, link)) },
    ],
  },
})

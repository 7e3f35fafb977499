import { satteri } from '@astrojs/markdown-satteri';
import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';
import { labs } from './src/build/labs-integration.ts';
import { offline } from './src/build/offline-integration.ts';
import { pacedMermaid } from './src/build/paced-mermaid.ts';
import { classesForStyles } from './src/build/shiki-classes.ts';

export default defineConfig({
  integrations: [labs(), mdx(), pacedMermaid(), offline()],
  trailingSlash: 'always',
  i18n: {
    locales: ['zh', 'en'],
    defaultLocale: 'zh',
    // The root page is ours: it asks for the language without a redirect.
    routing: { prefixDefaultLocale: true, redirectToDefaultLocale: false },
  },
  markdown: {
    processor: satteri({ features: { headingAttributes: true, smartPunctuation: false } }),
    shikiConfig: { theme: 'css-variables', transformers: [classesForStyles()] },
  },
  // Inlined styles of components inside MDX are not hashed for the policy below.
  build: { inlineStylesheets: 'never' },
  devToolbar: { enabled: false },
  security: {
    csp: {
      directives: [
        "default-src 'self'",
        "img-src 'self' data:",
        "worker-src 'self'",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
      ],
      styleDirective: {
        resources: ["'self'", { resource: "'unsafe-inline'", kind: 'attribute' }],
        // The empty <style> elements that src/islands/csp-styles.ts leaves behind.
        hashes: ['sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
      },
    },
  },
  vite: {
    build: {
      assetsInlineLimit: 0,
      rolldownOptions: { checks: { moduleLevelDirective: false } },
    },
    worker: { format: 'es' },
  },
});

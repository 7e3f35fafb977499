// Shiki's colours as classes instead of style attributes: the themes live in our style sheet.
import type { ShikiTransformer } from 'shiki';

/** `style="color:var(--astro-code-token-string)"` → `class="tk-string"`. */
export function classesForStyles(): ShikiTransformer {
  return {
    name: 'classes-for-styles',
    span(node) {
      const colour = /--(?:astro-code|shiki)-(?:token-)?([a-z-]+)/.exec(
        String(node.properties.style ?? ''),
      );
      delete node.properties.style;
      if (colour) node.properties.class = `tk-${colour[1]}`;
    },
    pre(node) {
      delete node.properties.style;
      node.properties.tabindex = '0';
    },
  };
}

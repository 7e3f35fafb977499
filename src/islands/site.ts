// What every page has: the theme switch, the language switch that keeps its place, the marks of progress.
import { fill } from '../i18n/fill.ts';
import { countProgress } from './progress.ts';

class ThemeToggle extends HTMLElement {
  connectedCallback(): void {
    this.querySelector('button')?.addEventListener('click', () => {
      const root = document.documentElement;
      const dark =
        root.dataset.theme === undefined
          ? matchMedia('(prefers-color-scheme: dark)').matches
          : root.dataset.theme === 'dark';
      root.dataset.theme = dark ? 'light' : 'dark';
      try {
        localStorage.setItem('theme', root.dataset.theme);
      } catch {
        // Storage is switched off: the choice lasts as long as the page.
      }
    });
  }
}

/** How far the reader has come in a lab: as a word, or (`data-count`) as a number of steps of all. */
class LabProgress extends HTMLElement {
  connectedCallback(): void {
    this.#show();
    addEventListener('lab-progress', () => this.#show());
  }

  #show(): void {
    const { lab = '', done = '', begun = '', count: spoken } = this.dataset;
    const steps = this.dataset.steps?.split(' ') ?? [];
    const count = countProgress(lab, steps);
    const all = count === steps.length;
    this.toggleAttribute('data-all', all);
    const shown = all ? `✓ ${done}` : `${begun} ${count}/${steps.length}`;
    if (spoken === undefined) this.textContent = count === 0 ? '' : shown;
    else {
      const [figures, words] = [document.createElement('span'), document.createElement('span')];
      figures.ariaHidden = 'true';
      figures.textContent = `${all ? '✓ ' : ''}${count}/${steps.length}`;
      words.className = 'visually-hidden';
      words.textContent = ` ${fill(spoken, { n: count, of: steps.length })}`;
      this.replaceChildren(figures, words);
    }
  }
}

customElements.define('theme-toggle', ThemeToggle);
customElements.define('lab-progress', LabProgress);

// Both languages have the same anchors: the reader stays where they are.
document
  .querySelector<HTMLAnchorElement>('[data-language-switch]')
  ?.addEventListener('click', (event) => {
    if (event.currentTarget instanceof HTMLAnchorElement) event.currentTarget.hash = location.hash;
  });

/** Keeps the site for when there is no network; what this page has loaded already is kept too. */
async function keepForOffline(): Promise<void> {
  const registration = await navigator.serviceWorker.register('/sw.js');
  await navigator.serviceWorker.ready;
  const loaded = performance
    .getEntriesByType('resource')
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith('/_astro/'))
    .map(({ pathname }) => pathname);
  registration.active?.postMessage({ loaded });
}
if (import.meta.env.PROD && 'serviceWorker' in navigator)
  addEventListener('load', () => void keepForOffline().catch(() => undefined), { once: true });

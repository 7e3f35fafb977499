// The contents are open where there is room for them, and folded above the text where there is not.
export class LabContents extends HTMLElement {
  connectedCallback(): void {
    const details = this.querySelector('details');
    const wide = matchMedia('(min-width: 1200px)');
    const follow = () => {
      if (details) details.open = wide.matches;
    };
    follow();
    wide.addEventListener('change', follow);
    const sections = [...this.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')];
    const spy = new IntersectionObserver(
      (entries) => {
        for (const { target, isIntersecting } of entries)
          if (isIntersecting)
            for (const link of sections)
              link.toggleAttribute('aria-current', link.hash === `#${target.id}`);
      },
      { rootMargin: '-15% 0px -70% 0px' },
    );
    for (const { hash } of sections) {
      const heading = document.getElementById(hash.slice(1));
      if (heading) spy.observe(heading);
    }
  }
}

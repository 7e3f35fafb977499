// The lines between the parts of the bench, which can be moved with the mouse, a finger or the arrow keys.
import { remember, taste } from './remembered.ts';

const narrowest = 320;

interface Handle {
  readonly element: HTMLElement;
  readonly min: number;
  readonly max: () => number;
  readonly now: () => number;
  readonly set: (value: number) => void;
  /** The value where the pointer is. */
  readonly at: (event: PointerEvent) => number;
  /** What an arrow key adds. */
  readonly keys: Readonly<Record<string, number>>;
  readonly keep: (value: number) => void;
}

function makeHandle(handle: Handle): void {
  const { element, min, max, now, set, at, keys, keep } = handle;
  const show = () => {
    element.setAttribute('aria-valuemin', String(min));
    element.setAttribute('aria-valuemax', String(Math.round(max())));
    element.setAttribute('aria-valuenow', String(Math.round(now())));
  };
  const move = (value: number) => {
    const fitted = Math.round(Math.min(max(), Math.max(min, value)));
    set(fitted);
    keep(fitted);
    show();
  };
  element.addEventListener('pointerdown', (event) => element.setPointerCapture(event.pointerId));
  element.addEventListener('pointermove', (event) => {
    if (element.hasPointerCapture(event.pointerId)) move(at(event));
  });
  element.addEventListener('keydown', (event) => {
    const by = keys[event.key];
    if (by === undefined) return;
    event.preventDefault();
    move(now() + by);
  });
  requestAnimationFrame(show);
}

/** Between text and bench. */
export function widthHandle(element: HTMLElement): void {
  const bench = () => element.closest<HTMLElement>('.bench');
  const layout = element.closest<HTMLElement>('.lab-layout');
  const widest = () => Math.max(narrowest, innerWidth * 0.62);
  const set = (width: number) => layout?.style.setProperty('--bench', `${width}px`);
  const { width } = taste();
  if (width !== undefined) set(Math.min(widest(), Math.max(narrowest, width)));
  makeHandle({
    element,
    min: narrowest,
    max: widest,
    now: () => bench()?.clientWidth ?? narrowest,
    set,
    at: (event) => innerWidth - event.clientX,
    keys: { ArrowLeft: 40, ArrowRight: -40 },
    keep: (value) => remember({ width: value }),
  });
}

/** Between two terminals, in percent of the height. */
export function heightHandle(element: HTMLElement, panels: HTMLElement): void {
  let upper = Math.min(80, Math.max(20, (taste().upper ?? 0.5) * 100));
  const set = (percent: number) => {
    upper = percent;
    panels.style.setProperty('--upper', `${percent}%`);
  };
  set(upper);
  makeHandle({
    element,
    min: 20,
    max: () => 80,
    now: () => upper,
    set,
    at: (event) => {
      const { top, height } = panels.getBoundingClientRect();
      return ((event.clientY - top) / height) * 100;
    },
    keys: { ArrowUp: -5, ArrowDown: 5 },
    keep: (value) => remember({ upper: value / 100 }),
  });
}

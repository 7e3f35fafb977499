// The line between text and bench, which can be moved with the mouse, a finger or the arrow keys.
import { make } from './page-data.ts';

const narrowest = 320;
const step = 40;

export function benchHandle(label: string): HTMLElement {
  const handle = make('div', {
    class: 'bench-handle',
    role: 'separator',
    tabindex: '0',
    'aria-orientation': 'vertical',
    'aria-label': label,
  });
  const layout = (): HTMLElement | null => handle.closest<HTMLElement>('.lab-layout');
  const widest = () => Math.max(narrowest, innerWidth * 0.62);
  const show = () => {
    const width = handle.closest('.bench')?.clientWidth ?? 0;
    handle.setAttribute('aria-valuemin', String(narrowest));
    handle.setAttribute('aria-valuemax', String(Math.round(widest())));
    handle.setAttribute('aria-valuenow', String(Math.round(width)));
  };
  const resize = (width: number) => {
    const fitted = Math.round(Math.min(widest(), Math.max(narrowest, width)));
    layout()?.style.setProperty('--bench', `${fitted}px`);
    show();
  };
  handle.addEventListener('pointerdown', (event) => {
    handle.setPointerCapture(event.pointerId);
  });
  handle.addEventListener('pointermove', (event) => {
    if (handle.hasPointerCapture(event.pointerId)) resize(innerWidth - event.clientX);
  });
  handle.addEventListener('keydown', (event) => {
    const direction = { ArrowLeft: 1, ArrowRight: -1 }[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    resize((handle.closest('.bench')?.clientWidth ?? narrowest) + direction * step);
  });
  requestAnimationFrame(show);
  return handle;
}

// A page that is drawn from a running world moves: a drawing above a button may grow between press and release, and the
// browser then gives the click to whatever lies under the pointer. A press that began on a button and was let go at the
// same place of the screen belongs to that button.

/** A hand trembles this far (CSS pixels) without meaning to leave. */
const tremble = 6;

let pressed: { readonly button: HTMLElement; readonly x: number; readonly y: number } | undefined;

const buttonOf = ({ target }: Event): HTMLElement | null =>
  target instanceof Element ? target.closest('button') : null;

export function keepPressesSteady(): void {
  addEventListener(
    'pointerdown',
    (event) => {
      const button = event.isPrimary && event.button === 0 ? buttonOf(event) : null;
      pressed = button ? { button, x: event.clientX, y: event.clientY } : undefined;
    },
    { capture: true, passive: true },
  );
  addEventListener(
    'pointerup',
    (event) => {
      const press = pressed;
      pressed = undefined;
      if (!press?.button.isConnected || press.button === buttonOf(event)) return;
      if (Math.hypot(event.clientX - press.x, event.clientY - press.y) <= tremble)
        press.button.click();
    },
    { capture: true, passive: true },
  );
  addEventListener(
    'pointercancel',
    () => {
      pressed = undefined;
    },
    { capture: true, passive: true },
  );
}

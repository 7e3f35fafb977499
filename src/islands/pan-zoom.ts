// Zooming and moving a drawing in its frame: buttons, Ctrl and the wheel, dragging, two fingers, and the keyboard. Where it
// stands is kept when the drawing is drawn anew.

const largest = 6;
const smallest = 0.2;
const factor = 1.25;
/** Below this scale labels cannot be read: then a part is shown, and the rest is reached by moving. */
const legible = 0.58;
/** Height of the frame, in pixels. */
const tallest = 1000;
const arrowStep = 60;

export class PanZoom {
  readonly #frame: HTMLElement;
  readonly #fingers = new Map<number, PointerEvent>();
  /** Natural size of the drawing in hand. */
  #size = { width: 1, height: 1 };
  #view = { scale: 1, x: 0, y: 0 };
  /** Nobody has moved it yet: it is fitted to the frame. */
  #fitted = true;
  #frameSize = '';

  constructor(frame: HTMLElement) {
    this.#frame = frame;
    frame.addEventListener('wheel', (event) => this.#wheel(event), { passive: false });
    frame.addEventListener('keydown', (event) => this.#key(event));
    frame.addEventListener('pointerdown', (event) => this.#down(event));
    frame.addEventListener('pointermove', (event) => this.#move(event));
    for (const end of ['pointerup', 'pointercancel'] as const)
      frame.addEventListener(end, (event) => this.#fingers.delete(event.pointerId));
    new ResizeObserver(() => {
      const size = `${frame.clientWidth} ${frame.clientHeight}`;
      if (size === this.#frameSize) return;
      this.#frameSize = size;
      if (this.#fitted) this.start();
    }).observe(frame);
    this.adopt();
  }

  /** Another drawing stands in the frame. */
  adopt(): void {
    const drawing = this.#frame.querySelector('svg');
    if (!drawing) return;
    const { width, height } = drawing.viewBox.baseVal;
    if (width > 0) this.#size = { width, height };
    if (this.#fitted) this.start();
    else this.#apply();
  }

  /** As it is shown at first: as wide as the frame, but neither larger than it is by nature nor too small to read. */
  start(): void {
    this.#fitted = true;
    const { clientWidth } = this.#frame;
    const { width, height } = this.#size;
    const scale = Math.min(1, Math.max(legible, (clientWidth - 24) / width));
    const frameHeight = Math.min(Math.max(140, height * scale + 24), tallest);
    this.#frame.style.height = `${Math.round(frameHeight)}px`;
    this.#view = { scale, x: Math.max(12, (clientWidth - width * scale) / 2), y: 12 };
    this.#apply();
  }

  /** All of it. */
  fit(): void {
    this.start();
    const { clientWidth, clientHeight } = this.#frame;
    const { width, height } = this.#size;
    const scale = Math.min(1, (clientWidth - 24) / width, (clientHeight - 24) / height);
    this.#view = { scale, x: (clientWidth - width * scale) / 2, y: 12 };
    this.#apply();
  }

  /** By a factor, around a point of the frame (its middle). */
  zoom(by: number, at?: { readonly x: number; readonly y: number }): void {
    const { clientWidth, clientHeight } = this.#frame;
    const point = at ?? { x: clientWidth / 2, y: clientHeight / 2 };
    const scale = Math.min(largest, Math.max(smallest, this.#view.scale * by));
    const real = scale / this.#view.scale;
    this.#moveTo(
      scale,
      point.x - (point.x - this.#view.x) * real,
      point.y - (point.y - this.#view.y) * real,
    );
  }

  in(): void {
    this.zoom(factor);
  }

  out(): void {
    this.zoom(1 / factor);
  }

  /** Moves just so far that an element can be seen. */
  reveal(element: Element): void {
    const frame = this.#frame.getBoundingClientRect();
    const box = element.getBoundingClientRect();
    const over = (low: number, high: number, from: number, to: number): number =>
      low < from + 12
        ? from + 12 - low
        : high > to - 12
          ? Math.max(to - 12 - high, from + 12 - low)
          : 0;
    const dx = over(box.left, box.right, frame.left, frame.right);
    const dy = over(box.top, box.bottom, frame.top, frame.bottom);
    if (dx !== 0 || dy !== 0) this.#moveTo(this.#view.scale, this.#view.x + dx, this.#view.y + dy);
  }

  #moveTo(scale: number, x: number, y: number): void {
    this.#fitted = false;
    const { clientWidth, clientHeight } = this.#frame;
    const { width, height } = this.#size;
    // A corner of it always stays in the frame.
    const within = (value: number, extent: number, room: number) =>
      Math.min(room - 60, Math.max(60 - extent, value));
    this.#view = {
      scale,
      x: within(x, width * scale, clientWidth),
      y: within(y, height * scale, clientHeight),
    };
    this.#apply();
  }

  #apply(): void {
    const drawing = this.#frame.querySelector('svg');
    if (!drawing) return;
    const { scale, x, y } = this.#view;
    const { style } = drawing;
    style.width = `${this.#size.width}px`;
    style.height = `${this.#size.height}px`;
    style.maxWidth = 'none';
    style.transform = `translate(${x}px, ${y}px) scale(${scale})`;
    this.#tellEdges();
  }

  /** Where the drawing goes on beyond the frame: the style sheet shades these edges. */
  #tellEdges(): void {
    const { scale, x, y } = this.#view;
    const { clientWidth, clientHeight } = this.#frame;
    const { width, height } = this.#size;
    const edges = {
      left: x < 0,
      right: x + width * scale > clientWidth + 1,
      top: y < 0,
      bottom: y + height * scale > clientHeight + 1,
    };
    this.#frame.dataset.more = Object.entries(edges)
      .filter(([, more]) => more)
      .map(([edge]) => edge)
      .join(' ');
  }

  #wheel(event: WheelEvent): void {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    const frame = this.#frame.getBoundingClientRect();
    this.zoom(Math.exp(-event.deltaY / 400), {
      x: event.clientX - frame.left,
      y: event.clientY - frame.top,
    });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { scale, x, y } = this.#view;
    const keys: Readonly<Record<string, () => void>> = {
      '+': () => this.in(),
      '=': () => this.in(),
      '-': () => this.out(),
      '0': () => this.fit(),
      ArrowLeft: () => this.#moveTo(scale, x + arrowStep, y),
      ArrowRight: () => this.#moveTo(scale, x - arrowStep, y),
      ArrowUp: () => this.#moveTo(scale, x, y + arrowStep),
      ArrowDown: () => this.#moveTo(scale, x, y - arrowStep),
    };
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  }

  #down(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#fingers.set(event.pointerId, event);
    this.#frame.setPointerCapture(event.pointerId);
  }

  #move(event: PointerEvent): void {
    const before = this.#fingers.get(event.pointerId);
    if (!before) return;
    const other = [...this.#fingers.values()].find(
      ({ pointerId }) => pointerId !== event.pointerId,
    );
    this.#fingers.set(event.pointerId, event);
    if (!other) {
      const { scale, x, y } = this.#view;
      this.#moveTo(scale, x + event.clientX - before.clientX, y + event.clientY - before.clientY);
      return;
    }
    const far = (a: PointerEvent, b: PointerEvent) =>
      Math.max(1, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY));
    const frame = this.#frame.getBoundingClientRect();
    this.zoom(far(event, other) / far(before, other), {
      x: (event.clientX + other.clientX) / 2 - frame.left,
      y: (event.clientY + other.clientY) / 2 - frame.top,
    });
  }
}

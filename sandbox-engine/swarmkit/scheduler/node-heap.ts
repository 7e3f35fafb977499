// The best nodes for a group of tasks, worst of them on top. Mirrors: Go's container/heap, over swarmkit's nodeMaxHeap.
// Which of several equal nodes is kept, and in which order they come out, follows from how the heap is built.
import type { NodeInfo } from './filters.ts';

type Less = (a: NodeInfo, b: NodeInfo) => boolean;

export class NodeHeap {
  readonly #less: Less;
  readonly #nodes: NodeInfo[] = [];
  #sorted = false;

  constructor(less: Less) {
    this.#less = less;
  }

  get size(): number {
    return this.#nodes.length;
  }

  /** Is it better than the worst that is kept? */
  beats(node: NodeInfo): boolean {
    const [worst] = this.#nodes;
    return worst !== undefined && this.#less(node, worst);
  }

  push(node: NodeInfo): void {
    this.#nodes.push(node);
    let at = this.#nodes.length - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  replaceWorst(node: NodeInfo): void {
    this.#nodes[0] = node;
    this.#down(0, this.#nodes.length);
  }

  /** From the best to the worst. Asked for a second time, without those that do not fit any more. */
  ordered(fits: (node: NodeInfo) => boolean): NodeInfo[] {
    if (this.#sorted) this.#heapify(fits);
    for (let size = this.#nodes.length; size > 0; size -= 1) {
      this.#swap(0, size - 1);
      this.#down(0, size - 1);
    }
    this.#sorted = true;
    return [...this.#nodes];
  }

  #heapify(fits: (node: NodeInfo) => boolean): void {
    for (let at = 0; at < this.#nodes.length; ) {
      if (fits(this.#nodes[at] as NodeInfo)) at += 1;
      else {
        this.#swap(at, this.#nodes.length - 1);
        this.#nodes.pop();
      }
    }
    const size = this.#nodes.length;
    for (let at = (size >> 1) - 1; at >= 0; at -= 1) this.#down(at, size);
  }

  #isWorse(a: number, b: number): boolean {
    const [x, y] = [this.#nodes[a], this.#nodes[b]];
    return x !== undefined && y !== undefined && this.#less(y, x);
  }

  #swap(a: number, b: number): void {
    const [x, y] = [this.#nodes[a], this.#nodes[b]];
    if (x === undefined || y === undefined) return;
    this.#nodes[a] = y;
    this.#nodes[b] = x;
  }

  #down(from: number, size: number): void {
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= size) return;
      if (child + 1 < size && this.#isWorse(child + 1, child)) child += 1;
      if (!this.#isWorse(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }
}

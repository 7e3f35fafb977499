// Published ports of the routing mesh: one space per protocol, shared by all nodes. Mirrors: swarmkit
// manager/allocator/portallocator.go: numbers that users did not choose come from 30000–32767, each the next after the last.
import type { PortConfig, PortProtocol } from '../specs.ts';

const firstDynamic = 30_000;
const lastDynamic = 32_767;

const key = (protocol: PortProtocol, port: number): string => `${protocol}/${port}`;

const isDynamic = (port: PortConfig): boolean => port.PublishMode !== 'host' && !port.PublishedPort;

/** Ports that are published by the mesh, to be taken away one by one. */
class MeshPorts {
  readonly #left: PortConfig[];

  constructor(ports: readonly PortConfig[]) {
    this.#left = ports.filter(({ PublishMode }) => PublishMode !== 'host');
  }

  /** The one that goes with `port`: with the same number, if it has one. */
  take(port: PortConfig): PortConfig | undefined {
    const at = this.#left.findIndex(
      (one) =>
        (one.Name ?? '') === (port.Name ?? '') &&
        one.Protocol === port.Protocol &&
        one.TargetPort === port.TargetPort &&
        (!port.PublishedPort || one.PublishedPort === port.PublishedPort),
    );
    return at < 0 ? undefined : this.#left.splice(at, 1)[0];
  }
}

/** What is to be allocated: chosen numbers first, then those that stay. With more or fewer ports than before none stays. */
function reconcile(
  wanted: readonly PortConfig[],
  had: readonly PortConfig[],
): readonly PortConfig[] {
  if (had.length !== wanted.length) return wanted;
  const before = new MeshPorts(had);
  const chosen = wanted.filter((port) => !isDynamic(port));
  for (const port of chosen) if (port.PublishMode !== 'host') before.take(port);
  return [...chosen, ...wanted.filter(isDynamic).map((port) => before.take(port) ?? port)];
}

/** Whether `had` is what `wanted` asks for, in whatever order. */
export function isPublished(wanted: readonly PortConfig[], had: readonly PortConfig[]): boolean {
  if (had.length !== wanted.length) return false;
  const before = new MeshPorts(had);
  const chosen = wanted.filter((port) => !isDynamic(port));
  return [...chosen, ...wanted.filter(isDynamic)].every((port) =>
    port.PublishMode === 'host'
      ? had.some(
          (one) =>
            one.PublishMode === 'host' &&
            one.TargetPort === port.TargetPort &&
            (!port.PublishedPort ||
              (one.Protocol === port.Protocol && one.PublishedPort === port.PublishedPort)),
        )
      : before.take(port) !== undefined,
  );
}

export class PortAllocator {
  /** Who has it. */
  readonly #owners = new Map<string, string>();
  readonly #next = new Map<PortProtocol, number>();

  ownerOf(protocol: PortProtocol, port: number): string | undefined {
    return this.#owners.get(key(protocol, port));
  }

  /**
   * The service's ports with all numbers filled in; those that it `had` stay where there are as many ports as before.
   * Undefined when one is taken. Ports that are published on the nodes themselves are not allocated.
   */
  allocate(
    service: string,
    wanted: readonly PortConfig[],
    had: readonly PortConfig[],
  ): readonly PortConfig[] | undefined {
    this.release(service);
    const ports: PortConfig[] = [];
    for (const port of reconcile(wanted, had)) {
      if (port.PublishMode === 'host') {
        ports.push(port);
        continue;
      }
      const number = port.PublishedPort || this.#dynamic(port.Protocol);
      if (number === undefined || this.ownerOf(port.Protocol, number) !== undefined) {
        this.release(service);
        return undefined;
      }
      this.#owners.set(key(port.Protocol, number), service);
      ports.push({ ...port, PublishedPort: number });
    }
    return ports;
  }

  release(service: string): void {
    for (const [port, owner] of this.#owners) if (owner === service) this.#owners.delete(port);
  }

  #dynamic(protocol: PortProtocol): number | undefined {
    const start = this.#next.get(protocol) ?? firstDynamic;
    const count = lastDynamic - firstDynamic + 1;
    for (let i = 0; i < count; i += 1) {
      const port = firstDynamic + ((start - firstDynamic + i) % count);
      if (this.#owners.has(key(protocol, port))) continue;
      this.#next.set(protocol, port + 1 > lastDynamic ? firstDynamic : port + 1);
      return port;
    }
    return undefined;
  }
}

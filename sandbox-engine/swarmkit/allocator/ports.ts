// Published ports of the routing mesh: one space per protocol, shared by all nodes. Mirrors: swarmkit
// manager/allocator/portallocator.go: numbers that users did not choose come from 30000–32767, each the next after the last.
import type { PortConfig, PortProtocol } from '../specs.ts';

const firstDynamic = 30_000;
const lastDynamic = 32_767;

const key = (protocol: PortProtocol, port: number): string => `${protocol}/${port}`;

const samePort = (a: PortConfig, b: PortConfig): boolean =>
  a.Protocol === b.Protocol &&
  a.TargetPort === b.TargetPort &&
  a.PublishMode === b.PublishMode &&
  (a.Name ?? '') === (b.Name ?? '');

export class PortAllocator {
  /** Who has it. */
  readonly #owners = new Map<string, string>();
  readonly #next = new Map<PortProtocol, number>();

  ownerOf(protocol: PortProtocol, port: number): string | undefined {
    return this.#owners.get(key(protocol, port));
  }

  /**
   * The service's ports with all numbers filled in; those that it had already stay. Undefined when one is taken. Ports
   * that are published on the nodes themselves are not allocated.
   */
  allocate(
    service: string,
    wanted: readonly PortConfig[],
    had: readonly PortConfig[],
  ): readonly PortConfig[] | undefined {
    this.release(service);
    const rest = [...had];
    const ports: PortConfig[] = [];
    for (const port of wanted) {
      if (port.PublishMode === 'host') {
        ports.push(port);
        continue;
      }
      const before = port.PublishedPort ? -1 : rest.findIndex((old) => samePort(old, port));
      const kept = before < 0 ? undefined : rest.splice(before, 1)[0]?.PublishedPort;
      const number = port.PublishedPort || kept || this.#dynamic(port.Protocol);
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

// Does an operation in a world, by the commands that a person would type, and tells the model.
import { type Fault, images, type Model, type ModelService } from './model.ts';
import type { Operation, Step, UpdateChange } from './operations.ts';
import { isUpdating } from './watch.ts';
import type { SimWorld } from './world.ts';

const manager = 'manager1';
const mostNetworks = 3;
const mostServices = 4;
const mostContainers = 3;
const firstPort = 8080;
/** A node is known to be down so many seconds after its cable was pulled. */
const detection = 25;
/** It is back so many seconds after the fault has ended, a boot included. */
const comeBack = 20;
const faultWords: Readonly<Record<Fault, string>> = {
  cable: 'the cable is out',
  power: 'the power is off',
  docker: 'dockerd is stopped',
};
const longestUpdate = 400;

/** A command that must succeed has failed. */
export class CommandFailed extends Error {}

export class Player {
  readonly #world: SimWorld;
  readonly #model: Model;
  #names = 0;
  #ports = 0;

  constructor(world: SimWorld, model: Model) {
    this.#world = world;
    this.#model = model;
  }

  step({ operation, seconds }: Step): void {
    this.#do(operation);
    this.#world.pass(seconds);
  }

  #do(operation: Operation): void {
    const model = this.#model;
    if (this.#mustWait(operation)) this.#untilUpdated();
    switch (operation.do) {
      case 'network':
        this.#network(operation);
        return;
      case 'removeNetwork': {
        const network = pick([...model.networks.keys()], operation.which);
        if (network === undefined || model.isUsed(network)) return;
        this.#must(manager, `docker network rm ${network}`);
        model.networks.delete(network);
        return;
      }
      case 'create':
        this.#create(operation);
        return;
      case 'scale': {
        const service = this.#service(operation.which);
        if (service?.mode !== 'replicated') return;
        this.#must(manager, `docker service scale -d ${service.name}=${operation.replicas}`);
        model.update(service, { replicas: operation.replicas });
        return;
      }
      case 'update': {
        const service = this.#service(operation.which);
        if (service) this.#update(service, operation.change);
        return;
      }
      case 'rollback': {
        const service = this.#service(operation.which);
        const before = service && model.previous.get(service.name);
        // Networks may have been removed since.
        if (!service || !before?.networks.every((network) => model.networks.has(network))) return;
        if (!this.#canUpdate(service) || !this.#canUpdate(before)) return;
        this.#untilUpdated();
        this.#must(manager, `docker service rollback -d ${before.name}`);
        model.rollBack(service);
        return;
      }
      case 'remove': {
        const service = this.#service(operation.which);
        if (!service) return;
        this.#must(manager, `docker service rm ${service.name}`);
        model.services.delete(service.name);
        model.previous.delete(service.name);
        return;
      }
      case 'kill':
        this.#kill(this.#service(operation.which), operation.task);
        return;
      case 'availability':
        this.#availability(operation.node, operation.to);
        return;
      case 'container':
        this.#container(operation.node, operation.which);
        return;
      case 'removeContainer': {
        const container = pick([...model.containers.values()], operation.which);
        if (!container || !this.#reaches(container.host)) return;
        this.#must(container.host, `docker rm -f ${container.name}`);
        model.containers.delete(container.name);
        return;
      }
      case 'fault':
        this.#fault(this.#worker(operation.node), operation.fault);
        return;
      case 'membership':
        this.#membership(this.#worker(operation.node));
    }
  }

  // ---- all faults over, everything removed ------------------------------------------------------

  /** Ends what went wrong: cables in, nodes back, all of them active. */
  mend(): void {
    for (const [host, node] of this.#model.nodes) {
      if (node.fault !== undefined) this.#fault(host, node.fault);
      if (!node.member) this.#membership(host);
      if (node.availability !== 'active') this.#setAvailability(host, 'active');
    }
  }

  removeAll(): void {
    const { services, containers, networks } = this.#model;
    if (services.size > 0)
      this.#must(manager, `docker service rm ${[...services.keys()].join(' ')}`);
    for (const { host, name } of containers.values()) this.#must(host, `docker rm -f ${name}`);
    if (networks.size > 0)
      this.#must(manager, `docker network rm ${[...networks.keys()].join(' ')}`);
    services.clear();
    containers.clear();
    networks.clear();
  }

  // ---- one operation each ---------------------------------------------------------------------

  #network({ attachable, encrypted }: Extract<Operation, { do: 'network' }>): void {
    const { networks } = this.#model;
    if (networks.size >= mostNetworks) return;
    const name = this.#name('net');
    const options = [attachable && '--attachable', encrypted && '-o encrypted'].filter(Boolean);
    this.#must(manager, ['docker network create -d overlay', ...options, name].join(' '));
    networks.set(name, { name, attachable, encrypted });
  }

  #create(operation: Extract<Operation, { do: 'create' }>): void {
    const { services, networks } = this.#model;
    if (services.size >= mostServices) return;
    const { mode, replicas, image, publish } = operation;
    // The routing mesh needs virtual addresses.
    const endpoint = publish === 'ingress' ? 'vip' : operation.endpoint;
    const name = this.#name('svc');
    const on = [...networks.keys()].filter((_, bit) => (operation.networks >> bit) % 2 === 1);
    const port = publish === 'none' ? undefined : this.#port();
    const options = [
      mode === 'global' ? '--mode global' : `--replicas ${replicas}`,
      ...on.map((network) => `--network ${network}`),
      endpoint === 'dnsrr' && '--endpoint-mode dnsrr',
      port !== undefined && publishOption(port, images[image], publish),
    ].filter(Boolean);
    this.#must(manager, `docker service create -d --name ${name} ${options.join(' ')} ${image}`);
    services.set(name, {
      name,
      mode,
      replicas,
      image,
      networks: on,
      endpoint,
      ...(port !== undefined && publish !== 'none' && { publish: { port, mode: publish } }),
    });
  }

  #update(service: ModelService, change: UpdateChange): void {
    const { networks, nodes } = this.#model;
    if (!this.#canUpdate(service)) return;
    // A load balancer keeps the virtual address of the tasks that it was made for, also when others with another one come
    // (libnetwork's addServiceBinding): the first are to have gone.
    if (['networkAdd', 'networkRemove', 'publish'].includes(change.of)) this.#untilUpdated();
    const update = (options: string, fields: Partial<ModelService>): void => {
      this.#must(manager, `docker service update -d ${options} ${service.name}`);
      this.#model.update(service, fields);
    };
    switch (change.of) {
      case 'image':
        // Another image serves on another port: what is published stays right only without.
        if (service.publish === undefined)
          update(`--image ${change.image}`, { image: change.image });
        return;
      case 'environment':
        update(`--env-add ROUND=${this.#name('')}`, {});
        return;
      case 'force':
        update('--force', {});
        return;
      case 'startFirst':
        // Of a port of the node itself the new task would wait for the old one for ever.
        if (service.publish?.mode !== 'host' && service.mode === 'replicated' && nodes.size > 0)
          update('--force --update-order start-first --update-parallelism 2', {});
        return;
      case 'networkAdd': {
        const network = pick(
          [...networks.keys()].filter((name) => !service.networks.includes(name)),
          change.which,
        );
        if (network !== undefined)
          update(`--network-add ${network}`, { networks: [...service.networks, network] });
        return;
      }
      case 'networkRemove': {
        const network = pick(service.networks, change.which);
        if (network !== undefined)
          update(`--network-rm ${network}`, {
            networks: service.networks.filter((name) => name !== network),
          });
        return;
      }
      case 'publish': {
        const target = images[service.image];
        if (!change.on && service.publish !== undefined)
          update(`--publish-rm target=${target},mode=${service.publish.mode}`, {
            publish: undefined,
          });
        else if (change.on && service.publish === undefined && service.endpoint === 'vip') {
          const port = this.#port();
          update(publishOption(port, target, 'ingress', '--publish-add'), {
            publish: { port, mode: 'ingress' },
          });
        }
      }
    }
  }

  #kill(service: ModelService | undefined, task: number): void {
    if (!service) return;
    const containers = this.#model.reached().flatMap((host) =>
      this.#world
        .lines(host, `docker ps --filter name=${service.name}. --format '{{.Names}}'`)
        .filter((name) => name.startsWith(`${service.name}.`))
        .map((name) => ({ host, name })),
    );
    const container = pick(containers, task);
    // It may be on its way out already: a kill that comes too late fails, as it should.
    if (container) this.#world.run(container.host, `docker kill ${container.name}`);
  }

  #availability(node: number, to: 'active' | 'pause' | 'drain'): void {
    const host = pick(this.#model.reached(), node);
    if (host !== undefined) this.#setAvailability(host, to);
  }

  #setAvailability(host: string, to: 'active' | 'pause' | 'drain'): void {
    const node = this.#model.nodes.get(host);
    if (!node) return;
    const id = this.#world.lines(host, "docker info --format '{{.Swarm.NodeID}}'")[0] ?? '';
    this.#must(manager, `docker node update --availability ${to} ${id} # ${host}`);
    node.availability = to;
  }

  #container(node: number, which: number): void {
    const { containers, networks } = this.#model;
    const host = pick(this.#model.reached(), node);
    const network = pick(
      [...networks.values()].filter(({ attachable }) => attachable),
      which,
    );
    if (!network || host === undefined || containers.size >= mostContainers) return;
    const name = this.#name('box');
    this.#must(host, `docker run -d --name ${name} --network ${network.name} nginx:alpine`);
    containers.set(name, { name, host, network: network.name });
  }

  /** A fault begins on a node that has none; the one that it has ends. */
  #fault(host: string | undefined, fault: Fault): void {
    const node = host !== undefined && this.#model.nodes.get(host);
    if (host === undefined || !node) return;
    const { power } = this.#world.machine(host);
    if (node.fault === undefined) {
      // What people have started by hand does not come back by itself.
      if (fault !== 'cable' && this.#isBusy(host)) return;
      node.fault = fault;
      this.#world.note(`${host}: ${faultWords[fault]}`);
      if (fault === 'cable') this.#plug(host, null);
      else if (fault === 'power') power.cut();
      else this.#must(host, 'systemctl stop docker');
      return;
    }
    this.#world.note(`${host}: ${faultWords[node.fault]} no more`);
    if (node.fault === 'cable') this.#plug(host, 'lan');
    else if (node.fault === 'power') power.press();
    else this.#must(host, 'systemctl start docker');
    node.fault = undefined;
    this.#world.pass(comeBack);
  }

  #plug(host: string, segment: string | null): void {
    const { kernel } = this.#world.machine(host).host;
    const uplink = kernel.linkByName(kernel.initNetns, 'eth0');
    if (uplink) kernel.linkSet(uplink.id, { segment });
  }

  #isBusy(host: string): boolean {
    return [...this.#model.containers.values()].some((container) => container.host === host);
  }

  #membership(host: string | undefined): void {
    const node = host !== undefined && this.#model.nodes.get(host);
    if (host === undefined || !node || node.fault !== undefined || this.#isBusy(host)) return;
    if (node.member) {
      const id = this.#world.lines(host, "docker info --format '{{.Swarm.NodeID}}'")[0] ?? '';
      this.#must(host, 'docker swarm leave');
      node.member = false;
      this.#world.pass(20);
      this.#must(manager, `docker node rm ${id} # ${host}`);
    } else {
      const [token] = this.#world.lines(manager, 'docker swarm join-token -q worker');
      this.#must(host, `docker swarm join --token ${token} 192.168.56.10:2377`);
      node.member = true;
      node.availability = 'active';
      this.#world.pass(2);
    }
  }

  /**
   * What does not go together with an update under way: the updater waits, for ever, for a new task that will never run,
   * because its node is lost or paused, or because all nodes' ports are taken by tasks whose turn comes after it (as the
   * real one does, with a remark to that effect).
   */
  #mustWait(operation: Operation): boolean {
    if (operation.do === 'fault' || operation.do === 'membership') return true;
    return (
      operation.do === 'availability' &&
      [...this.#model.services.values()].some(
        ({ mode, publish }) => mode === 'global' || publish?.mode === 'host',
      )
    );
  }

  /** Lets updates under way come to their end. */
  #untilUpdated(): void {
    const until = this.#world.now + longestUpdate;
    while (isUpdating(this.#world) && this.#world.now < until) this.#world.pass(5);
  }

  /** Every slot can be filled, so that an update gets through. */
  #canUpdate(service: ModelService): boolean {
    const { nodes } = this.#model;
    const open = this.#model.open().length;
    const lost = [...nodes.values()].some(({ fault }) => fault !== undefined);
    if (lost) this.#world.pass(detection);
    // Paused nodes keep tasks of the version before.
    if (
      service.mode === 'global' &&
      [...nodes.values()].some((node) => node.availability === 'pause')
    )
      return false;
    if (service.publish?.mode === 'host' && service.mode === 'replicated')
      return service.replicas <= open;
    return open > 0 || service.replicas === 0;
  }

  // ---- choosing -------------------------------------------------------------------------------

  #service(index: number): ModelService | undefined {
    return pick([...this.#model.services.values()], index);
  }
  #worker(index: number): string | undefined {
    return pick(
      this.#world.hosts.filter((host) => host !== manager),
      index,
    );
  }
  #reaches(host: string): boolean {
    return this.#model.reached().includes(host);
  }
  #name(prefix: string): string {
    this.#names += 1;
    return `${prefix}${this.#names}`;
  }
  /** Never the same one again: a port is free only when its last task has gone. */
  #port(): number {
    this.#ports += 1;
    return firstPort + this.#ports;
  }

  #must(host: string, command: string): void {
    const { exit, stderr } = this.#world.run(host, command);
    if (exit !== 0)
      throw new CommandFailed(`${host}$ ${command}\nended with ${exit}: ${stderr.trim()}`);
  }
}

const publishOption = (port: number, target: number, mode: string, flag = '--publish'): string =>
  `${flag} published=${port},target=${target},mode=${mode}`;

const pick = <T>(list: readonly T[], index: number): T | undefined =>
  list.length === 0 ? undefined : list[index % list.length];

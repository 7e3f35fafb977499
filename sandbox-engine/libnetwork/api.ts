// What a Docker daemon asks of libnetwork: networks, and the network stacks (sandboxes) of containers with their
// endpoints. Names are those of the Container Network Model.
import type { Kernel, LinkId, NetnsId } from '../kernel/index.ts';
import type { Collection, Sim } from '../sim/index.ts';
import type { Failure, Result } from '../std/index.ts';
import type { Ipv4, Mac } from '../wire/index.ts';
import type {
  LoadBalancerRow,
  ServiceBinding,
  ServiceEndpoint,
  ServiceEndpointRow,
} from './service-api.ts';

export type * from './service-api.ts';

export interface IpamConfig {
  readonly subnet: string;
  readonly ipRange?: string;
  readonly gateway?: string;
  readonly auxAddresses?: Readonly<Record<string, string>>;
}

/** A network as one daemon knows it. A collection row per host. */
export interface NetworkRow {
  /** `host/networkId`: rows of all hosts share one collection. */
  readonly id: string;
  readonly host: string;
  readonly networkId: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: 'local' | 'swarm';
  /** Simulated time, µs. */
  readonly createdAt: number;
  readonly ipam: {
    readonly driver: string;
    readonly options: Readonly<Record<string, string>> | null;
    /** As `inspect` shows it. */
    readonly config: readonly IpamConfig[];
  };
  /** The subnet and gateway really in use. */
  readonly subnets: readonly {
    readonly subnet: string;
    readonly gateway?: string;
    readonly vni?: number;
  }[];
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly ingress: boolean;
  readonly configOnly: boolean;
  readonly configFrom: string;
  readonly enableIpv4: boolean;
  readonly enableIpv6: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>> | null;
  /** The Linux bridge, for bridge networks. */
  readonly bridge?: string | undefined;
  /** The subnets were given by the user: only then may containers ask for addresses. */
  readonly userSubnets?: boolean | undefined;
}

export interface NetworkSpec {
  readonly name: string;
  readonly driver?: string;
  readonly internal?: boolean;
  readonly attachable?: boolean;
  readonly ingress?: boolean;
  readonly configOnly?: boolean;
  readonly configFrom?: string;
  readonly scope?: string;
  readonly enableIpv4?: boolean;
  readonly enableIpv6?: boolean;
  readonly ipam?: {
    readonly driver?: string;
    readonly options?: Readonly<Record<string, string>> | null;
    readonly config?: readonly IpamConfig[];
  };
  readonly options?: Readonly<Record<string, string>>;
  readonly labels?: Readonly<Record<string, string>>;
}

/** A network that a swarm manager has allocated and that this node is to take part in. */
export interface SwarmNetworkSpec {
  readonly networkId: string;
  readonly name: string;
  readonly createdAt: number;
  readonly subnets: readonly {
    readonly subnet: string;
    readonly gateway: string;
    readonly vni: number;
    readonly ipRange?: string;
  }[];
  readonly ingress: boolean;
  readonly internal: boolean;
  readonly attachable: boolean;
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>> | null;
  /** The node's own load-balancer address on it, with prefix: `10.0.0.2/24`. */
  readonly loadBalancerAddress?: string;
}

/** How a container wants to be joined to one network (`docker network connect`, `run --network …`). */
export interface EndpointSettings {
  readonly network: string;
  readonly aliases?: readonly string[];
  readonly links?: readonly { readonly container: string; readonly alias: string }[];
  readonly address?: string;
  /** As asked for with --ip6: only there to be refused in Docker's words. */
  readonly address6?: string;
  readonly mac?: string;
  readonly gatewayPriority?: number;
  readonly driverOptions?: Readonly<Record<string, string>>;
  /** Swarm tasks: the address that the manager allocated, with prefix. */
  readonly allocatedAddress?: string;
  readonly service?: ServiceBinding;
}

export interface PortBinding {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly containerPort: number;
  /** undefined: exposed only. */
  readonly host?: {
    readonly ip: string /** '' picks one from 32768 on; `8000-8010` picks from a range. */;
    readonly port: string;
  };
}

export interface BoundPort {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly containerPort: number;
  readonly hostIp: string;
  readonly hostPort: number;
}

export interface SandboxSpec {
  readonly containerId: string;
  /** Without the leading slash. */
  readonly containerName: string;
  readonly hostname: string;
  readonly domainname: string;
  /** bridge/user: a namespace of its own; `host`: the host's; `none`: its own with lo only. */
  readonly kind: 'own' | 'host' | 'none';
  readonly networks: readonly EndpointSettings[];
  readonly ports: readonly PortBinding[];
  readonly extraHosts: readonly { readonly name: string; readonly address: string }[];
  readonly dns: readonly string[];
  readonly dnsSearch: readonly string[];
  readonly dnsOptions: readonly string[];
  readonly sysctls?: Readonly<Record<string, string>>;
  /** Where /etc/hosts, /etc/hostname and /etc/resolv.conf are written. */
  readonly fs: SandboxFiles;
}

/** The three files that Docker manages inside a container. */
export interface SandboxFiles {
  writeFile(path: string, text: string): void;
  readFile(path: string): string | undefined;
}

export interface SandboxRow {
  /** `host/` and 64 hexadecimal digits. */
  readonly id: string;
  readonly host: string;
  readonly sandboxId: string;
  /** `/var/run/docker/netns/<12 hex>`; `ingress_sbox`, `lb_…`, `default`. */
  readonly key: string;
  readonly containerId: string;
  readonly containerName: string;
  readonly netns: NetnsId;
  readonly ports: readonly BoundPort[];
}

export interface EndpointRow {
  readonly id: string;
  readonly host: string;
  readonly endpointId: string;
  readonly networkId: string;
  readonly networkName: string;
  /** The name in `network inspect`: the container's, `gateway_<12 hex>`, `<net>-endpoint`. */
  readonly name: string;
  readonly sandbox: string;
  readonly containerId: string;
  readonly address?: Ipv4 | undefined;
  readonly prefixLength: number;
  readonly mac?: Mac | undefined;
  readonly gateway?: Ipv4 | undefined;
  readonly interfaceName: string;
  /** The end outside the container. */
  readonly hostLink?: LinkId | undefined;
  readonly aliases: readonly string[];
  readonly dnsNames: readonly string[];
  readonly gatewayPriority: number;
  readonly settings: EndpointSettings;
}

/** A name that the embedded DNS servers of one host answer on one network. */
export interface NameRow {
  /** `host/networkId/name/address/owner` */
  readonly id: string;
  readonly host: string;
  readonly networkId: string;
  /** Lower case. */
  readonly name: string;
  readonly address: Ipv4;
  /** PTR queries for the address are answered with this name. */
  readonly reverse: boolean;
  /** The endpoint or service that brought it: its names go when it goes. */
  readonly owner: string;
}

/** A namespace that has a file under /var/run/docker/netns. */
export interface NamespaceRow {
  /** `host/key` */
  readonly id: string;
  readonly host: string;
  /** The file's name: `ingress_sbox`, `1-<10>`, `lb_<9>`, 12 hexadecimal digits. */
  readonly key: string;
  readonly netns: NetnsId;
  readonly kind: 'container' | 'host' | 'overlay' | 'load-balancer';
  /** Overlay and load-balancer namespaces. */
  readonly networkId?: string | undefined;
}

/** The collections of all daemons' libnetworks; made once per world. */
export interface NetworkRows {
  readonly networks: Collection<NetworkRow>;
  readonly endpoints: Collection<EndpointRow>;
  readonly sandboxes: Collection<SandboxRow>;
  readonly names: Collection<NameRow>;
  readonly namespaces: Collection<NamespaceRow>;
  readonly serviceEndpoints: Collection<ServiceEndpointRow>;
  readonly loadBalancers: Collection<LoadBalancerRow>;
}

/** One docker-proxy: forwards one host address and port to a container. */
export interface ProxySpec {
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerIp: string;
  readonly containerPort: number;
  /** As `ps` shows it, from /usr/sbin/docker-proxy on. */
  readonly argv: readonly string[];
}

/** The process that a proxy's sockets belong to. */
export interface ProxyProcess {
  readonly pid: number;
  stop(): void;
}

export interface NetworkControllerOptions {
  readonly sim: Sim;
  readonly kernel: Kernel;
  readonly host: string;
  readonly rows: NetworkRows;
  /** A file of the host (/etc/resolv.conf, /etc/hosts); undefined when there is none. */
  readonly readHostFile: (path: string) => string | undefined;
  /** Shows a namespace as a file of the host, or takes the file away (undefined). */
  readonly placeNetns?: (path: string, netns: NetnsId | undefined) => void;
  /** Registers a docker-proxy process; the forwarding itself is done by libnetwork. */
  readonly startProxy?: (spec: ProxySpec) => ProxyProcess;
  /** The daemon's own number: owner of the sockets that it opens on the host. */
  readonly daemonPid?: number;
  /** The UDP port of the swarm's tunnels. Default: 4789. */
  readonly dataPathPort?: () => number | undefined;
  /** The address that other nodes send this node's tunnels to. Default: the host's first one. */
  readonly dataPathAddress?: () => Ipv4 | undefined;
  /** An endpoint of this host has entered, changed in or left the table of service endpoints: others are to be told. */
  readonly onServiceEndpoints?: (networkId: string) => void;
}

/** A key of the encrypted data path. */
export interface EncryptionKey {
  /** 16 bytes, as 32 hexadecimal digits. */
  readonly key: string;
  /** Tells keys apart; goes into the SPI. */
  readonly tag: number;
}

/**
 * `interface`: an endpoint with its interface is made. `rules`: what the new endpoint needs in the sandbox is set up (the
 * embedded DNS server, the redirections of published ports), then the way out.
 */
export type JoiningStep =
  | { readonly step: 'interface' }
  | { readonly step: 'rules'; readonly resolver: boolean; readonly ports: number };

/** One daemon's libnetwork. Everything is immediate; DNS and proxies run as coroutines of their own. */
export interface NetworkController {
  readonly host: string;
  networks(): readonly NetworkRow[];
  /** By id, exact name, then id prefix; the error is `network X not found` or `… is ambiguous …`. */
  find(term: string): Result<NetworkRow, Failure>;
  endpoints(networkId: string): readonly EndpointRow[];
  createNetwork(spec: NetworkSpec): Result<NetworkRow, Failure>;
  removeNetwork(networkId: string): Result<void, Failure>;
  /** Takes part in a swarm network: namespace, bridge, VXLAN device, load-balancer sandbox (for ingress: ingress_sbox). */
  addSwarmNetwork(spec: SwarmNetworkSpec): Result<NetworkRow, Failure>;
  removeSwarmNetwork(networkId: string): void;
  /** What other nodes' endpoints on a swarm network are: neighbours and FDB rows in its namespace. */
  addPeer(
    networkId: string,
    peer: { readonly address: Ipv4; readonly mac: Mac; readonly node: Ipv4 },
  ): void;
  removePeer(
    networkId: string,
    peer: { readonly address: Ipv4; readonly mac: Mac; readonly node: Ipv4 },
  ): void;

  createSandbox(spec: SandboxSpec): Result<SandboxRow, Failure>;
  /** The same, step by step: each is yielded before it is done. A sandbox that is deleted meanwhile is a failure. */
  buildSandbox(spec: SandboxSpec): Generator<JoiningStep, Result<SandboxRow, Failure>>;
  /** Leaves every network and removes the namespace. */
  deleteSandbox(sandbox: string): void;
  sandboxOf(containerId: string): SandboxRow | undefined;
  endpointsOf(sandbox: string): readonly EndpointRow[];
  connect(sandbox: string, settings: EndpointSettings): Result<EndpointRow, Failure>;
  /** Names of endpoints on other nodes and of services: `owner` is what `removeNames` takes. */
  addNames(
    networkId: string,
    owner: string,
    names: readonly { readonly name: string; readonly address: Ipv4; readonly reverse: boolean }[],
  ): void;
  removeNames(networkId: string, owner: string): void;
  /**
   * The task in this sandbox runs and takes requests: its endpoints enter the table of service endpoints. (Endpoints on
   * swarm networks without a ServiceBinding enter it when they are joined; all leave it with their endpoint.)
   */
  enableService(sandbox: string): void;
  /** Its endpoints are set up on this host: the other nodes are told of them. */
  announceService(sandbox: string): void;
  /** The task is about to be stopped: its names go, load balancers give it weight 0. */
  disableService(sandbox: string): void;
  /** What this node knows of a network's service endpoints, own (`local`) and others', oldest first. */
  serviceEndpoints(networkId: string): readonly ServiceEndpointRow[];
  /**
   * An endpoint has been heard of (or, harmlessly, is this host's own). One that is known already is brought in line, so
   * `disabled` may change. May come before the network does; it is kept until the network is removed here.
   */
  addServiceEndpoint(networkId: string, endpoint: ServiceEndpoint): void;
  disableServiceEndpoint(networkId: string, endpointId: string): void;
  removeServiceEndpoint(networkId: string, endpointId: string): void;
  /** Load balancers on a network, in order of their marks. */
  loadBalancers(networkId: string): readonly LoadBalancerRow[];
  /**
   * Keys of encrypted networks (the swarm's `networking:ipsec` keys; dockerd is told of three), the one to send with
   * first. Known peers of encrypted networks are set up with them.
   */
  setEncryptionKeys(keys: readonly EncryptionKey[]): void;
  /** The daemon stops: sandboxes go, with what runs for them; networks, bridges and rules stay. */
  shutdown(): void;
  /** The machine has lost its power: what was in its memory is forgotten. */
  lose(): void;
  /** The daemon starts again, after `shutdown` or a power failure: chains, local networks; the default bridge gets a new id. */
  restart(): void;
  disconnect(sandbox: string, networkId: string, force: boolean): Result<void, Failure>;
  /** The container has another name now: DNS follows. */
  rename(containerId: string, name: string): void;
}

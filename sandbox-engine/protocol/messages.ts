// What the page and the lab worker say to each other: structured-clone data only, with a version number.

import type { Finding } from './findings.ts';
import type { LabDefinition } from './lab-definition.ts';
import type { Cut, MachineAction } from './machines.ts';

export const protocolVersion = 1;

/** Where commands run: one terminal per host, named like the host; further ones are `manager1:2`. */
export type TerminalId = string;

/** From the page to the worker. `request` numbers come back in the answer. */
export type PageMessage =
  | {
      readonly type: 'start';
      readonly version: number;
      readonly seed: number;
      readonly scenario: string;
      /** The lab whose values, checks and predictions are asked about. */
      readonly definition?: LabDefinition;
      /** Milliseconds since 1970 at which the simulated world begins. */
      readonly startMillis?: number;
      readonly inputs?: readonly LabInput[];
    }
  /** Types a command line into a terminal, as the Run button does: the answer is `ran`, after its output. */
  | {
      readonly type: 'run';
      readonly request: number;
      readonly terminal: TerminalId;
      readonly line: string;
      readonly step?: string;
    }
  | { readonly type: 'input'; readonly terminal: TerminalId; readonly text: string }
  | {
      readonly type: 'resize';
      readonly terminal: TerminalId;
      readonly columns: number;
      readonly rows: number;
    }
  | { readonly type: 'interrupt'; readonly terminal: TerminalId }
  /** Does something to a machine itself; views tell what comes of it. */
  | { readonly type: 'machine'; readonly host: string; readonly action: MachineAction }
  /** 1 is real time; 0 runs as fast as the machine can. */
  | { readonly type: 'pace'; readonly factor: number }
  | { readonly type: 'subscribe'; readonly view: ViewName; readonly parameters: ViewParameters }
  | { readonly type: 'unsubscribe'; readonly view: ViewName; readonly parameters: ViewParameters }
  /**
   * Does something and waits for what comes of it: the `answer` is a `BrowseResult` (with `times` a list of them) or an
   * `ApiResult`.
   */
  | { readonly type: 'do'; readonly request: number; readonly input: AnsweredInput }
  /** Asks once; the answer is `answer`. */
  | { readonly type: 'ask'; readonly request: number; readonly question: Question }
  /** Everything that leads to this state; the `answer` is a `Session`. */
  | { readonly type: 'session'; readonly request: number }
  | { readonly type: 'undo'; readonly request: number }
  | { readonly type: 'reset'; readonly request: number };

/** From the worker to the page. */
export type WorkerMessage =
  | {
      readonly type: 'ready';
      readonly version: number;
      readonly hosts: readonly string[];
      readonly startMillis: number;
    }
  /**
   * Terminal output as a terminal would get it (\r\n, escape codes). `request`: the Run that it belongs to; `own`: the
   * part of the text that the command printed, without the echo of its line.
   */
  | {
      readonly type: 'output';
      readonly terminal: TerminalId;
      readonly text: string;
      readonly request?: number;
      readonly own?: string;
    }
  /** A shell waits for a command again. */
  | {
      readonly type: 'prompt';
      readonly terminal: TerminalId;
      readonly status: number;
      readonly prompt: string;
    }
  | {
      readonly type: 'ran';
      /** 0: a Run of the session that the world was started with, done again. */
      readonly request: number;
      readonly terminal: TerminalId;
      readonly status: number;
      readonly output: string;
      readonly step?: string;
    }
  | {
      readonly type: 'view';
      readonly view: ViewName;
      readonly parameters: ViewParameters;
      readonly revision: number;
      readonly value: unknown;
    }
  | { readonly type: 'answer'; readonly request: number; readonly value: unknown }
  | { readonly type: 'rewound'; readonly request: number; readonly inputs: readonly LabInput[] }
  /** The simulator itself failed: shown as a banner with what is needed to reproduce it. The other terminals go on. */
  | { readonly type: 'bug'; readonly message: string; readonly session: Session };

/** One thing that the reader did, with the simulated time (µs) at which it happened. */
export type LabInput =
  /** Looks at a terminal for the first time: its shell starts. */
  | { readonly at: number; readonly do: 'open'; readonly terminal: TerminalId }
  | {
      readonly at: number;
      readonly do: 'run';
      readonly terminal: TerminalId;
      readonly line: string;
      readonly step?: string;
    }
  | {
      readonly at: number;
      readonly do: 'input';
      readonly terminal: TerminalId;
      readonly text: string;
    }
  /** Opens a page in the browser outside the swarm; with `times` again and again, each time on a new connection. */
  | {
      readonly at: number;
      readonly do: 'browse';
      readonly url: string;
      readonly times?: number;
      readonly step?: string;
    }
  /** Switches a machine off or on, pulls its network cable or plugs it in. */
  | {
      readonly at: number;
      readonly do: 'machine';
      readonly host: string;
      readonly action: MachineAction;
    }
  /** Asks a host's Docker Engine to do something, as the console does. */
  | ({ readonly at: number; readonly do: 'api'; readonly step?: string } & ApiCall)
  | {
      readonly at: number;
      readonly do: 'resize';
      readonly terminal: TerminalId;
      readonly columns: number;
      readonly rows: number;
    };

/** A request to the Engine API of a host. */
export interface ApiCall {
  readonly host: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Without version prefix: `/services/ID/update`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface ApiResult {
  /** HTTP status; 0 when there is no daemon to answer. */
  readonly status: number;
  readonly body?: unknown;
  /** Why it failed, in the daemon's own words. */
  readonly error?: string;
}

/** Inputs that something comes back from, without their time. */
export type AnsweredInput =
  | Omit<Extract<LabInput, { readonly do: 'browse' }>, 'at'>
  | Omit<Extract<LabInput, { readonly do: 'api' }>, 'at'>;

/** All that is needed to come back to the same state. */
export interface Session {
  readonly version: number;
  readonly seed: number;
  readonly scenario: string;
  /** Milliseconds since 1970 at which the simulated world began. */
  readonly startMillis: number;
  readonly inputs: readonly LabInput[];
}

export type ViewParameters = Readonly<Record<string, string>>;

/**
 * Named views of the state, recomputed when what they read has changed:
 * `lan` all hosts, their LAN and the internet → `LanView`; `host` one host's networking (`{host}`) → `HostView`;
 * `swarm` → `SwarmView`; `attachments` (`{host, network}`) → `AttachmentsView`; `request` the last traced exchange →
 * `RequestView`; `directions` (`{service}`) → `DirectionsView`; `placement` (`{service}`) → `PlacementView`;
 * `values` the lab's placeholders (`{lab}`) → Record<string, string>; `checks` the lab's checks (`{lab}`) → Record<step, CheckResult>;
 * (with `{step}`: of that step alone);
 * `changes` what the last command on any terminal changed, or with `{step}` what has changed since that step's Run began
 * → `ChangesView`;
 * `machines` power and cable of each machine → `MachinesView`;
 * `api` what a GET of the Engine API answers (`{host, path, query}`, the query as in a URL), without a trace → `ApiResult`.
 */
export type ViewName = DiagramName | 'values' | 'checks' | 'changes' | 'machines' | 'api';
export type DiagramName =
  | 'lan'
  | 'host'
  | 'swarm'
  | 'attachments'
  | 'request'
  | 'directions'
  | 'placement';

export type Question =
  /** Do all checks of a step hold? `ran`: how its command ended, for checks on that. → CheckResult */
  | {
      readonly about: 'check';
      readonly lab: string;
      readonly step: string;
      readonly ran?: { readonly status: number; readonly output: string };
    }
  /** A prediction's options, judged from the state. → Record<option, CheckResult> */
  | { readonly about: 'prediction'; readonly lab: string; readonly prediction: string }
  /** Does what a reader was to try hold? → CheckResult */
  | { readonly about: 'try'; readonly lab: string; readonly try: string }
  /** An HTTP request from outside the swarm, made at once: the world runs on until it is answered. → BrowseResult */
  | { readonly about: 'browse'; readonly url: string }
  /** A view as it is now, once. */
  | { readonly about: 'view'; readonly view: ViewName; readonly parameters: ViewParameters }
  /** A GET of the Engine API, also one that takes time or streams (logs), asked in a copy of the world. → ApiResult */
  | ({ readonly about: 'api' } & Omit<ApiCall, 'method' | 'body'>)
  /** The hops of the latest packets. */
  | { readonly about: 'trace'; readonly flow?: number };

export interface BrowseResult {
  /** HTTP status; 0 when there was no answer, and then `failure` says why. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The host that the request came to. */
  readonly entered: string;
  /** The hosts that the request passed, in order. */
  readonly path: readonly string[];
  /** The host that answered, and the container on it. */
  readonly served?: { readonly host: string; readonly container: string };
  readonly failure?: BrowseFailure;
  /** Simulated microseconds from the address to the last byte. */
  readonly took: number;
}

/** Why no page came, in curl's words and with curl's exit code. */
export interface BrowseFailure {
  readonly cause:
    | 'bad-address'
    | 'unknown-host'
    | 'refused'
    | 'no-route'
    | 'timed-out'
    | 'closed'
    | 'not-http';
  readonly exit: number;
  readonly text: string;
}

export interface CheckResult {
  readonly holds: boolean;
  /** What was looked at; of a check that fails, what is not as it should be. */
  readonly found: readonly Finding[];
}

// ---- view models -----------------------------------------------------------------------------

/** One host's networking as drawn: namespaces, devices, what is joined to what. Ids are stable while the thing lives. */
export interface HostView {
  readonly host: string;
  readonly namespaces: readonly NamespaceView[];
  /** veth pairs and bridge ports, by device id. */
  readonly wires: readonly {
    readonly from: string;
    readonly to: string;
    readonly kind: 'veth' | 'port' | 'uplink' | 'vxlan';
  }[];
  readonly networks: readonly NetworkView[];
  readonly publishedPorts: readonly {
    readonly port: number;
    readonly protocol: string;
    readonly to: string;
    readonly toPort: number;
    readonly container: string;
  }[];
}
export interface NamespaceView {
  readonly id: string;
  readonly kind: 'host' | 'container' | 'overlay' | 'ingress' | 'loadbalancer';
  /** Container name, `ingress_sbox`, `1-abc…`. */
  readonly name: string;
  readonly container?: { readonly id: string; readonly image: string; readonly state: string };
  readonly devices: readonly DeviceView[];
  readonly routes: readonly string[];
}
export interface DeviceView {
  readonly id: string;
  readonly index: number;
  readonly name: string;
  readonly kind: string;
  readonly mac: string;
  readonly mtu: number;
  readonly up: boolean;
  readonly addresses: readonly string[];
  /** Docker network that the device belongs to. */
  readonly network?: string;
  readonly vxlan?: {
    readonly vni: number;
    readonly port: number;
    /** Where it sends what is not here: a station of another node, the node, and the address if a neighbour entry says it. */
    readonly peers: readonly {
      readonly mac: string;
      readonly node: string;
      readonly address?: string;
    }[];
  };
}
export interface NetworkView {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly scope: 'local' | 'swarm';
  readonly subnet?: string;
  readonly gateway?: string;
  readonly bridge?: string;
  /** Overlays: the number of their VXLAN. */
  readonly vni?: number;
  readonly encrypted?: boolean;
}
export interface LanView {
  readonly hosts: readonly {
    readonly name: string;
    readonly address: string;
    readonly role: 'leader' | 'manager' | 'worker' | 'gateway' | 'none';
    /** What keeps it from the others; absent: nothing. */
    readonly cut?: Cut;
    readonly containers: readonly {
      readonly name: string;
      readonly image: string;
      readonly state: string;
      readonly addresses: readonly string[];
    }[];
    readonly networks: readonly NetworkView[];
  }[];
  readonly subnet: string;
  readonly internet: readonly { readonly name: string; readonly address: string }[];
}
/** What one command changed below, grouped for reading. */
export interface ChangesView {
  readonly command: string;
  /** It was no command but a hand on a machine. */
  readonly hand?: { readonly host: string; readonly action: MachineAction };
  /** The lab's step that it was. */
  readonly step?: string;
  readonly terminal: TerminalId;
  readonly entries: readonly {
    readonly host: string;
    readonly namespace: string;
    readonly kind:
      | 'namespace'
      | 'interface'
      | 'address'
      | 'route'
      | 'neighbour'
      | 'fdb'
      | 'rule'
      | 'chain'
      | 'socket'
      | 'container'
      | 'network'
      | 'image'
      | 'file'
      | 'sysctl'
      | 'name';
    readonly change: 'added' | 'removed' | 'changed';
    readonly text: string;
  }[];
}

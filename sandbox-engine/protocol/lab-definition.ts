// What a lab asks of the engine besides commands: live values, checks on state, predictions. It is written once in
// content/labs/<lab>/lab.yaml, read by the build, and handed to the engine as data: the engine knows no lab by name.

/** A fact about the state that must hold. All checks of a step must hold for its check mark. */
export type Check =
  /** A network that `docker network ls` on that host lists (or, with `absent`, does not). */
  | {
      readonly kind: 'network';
      readonly network: string;
      readonly host: string;
      readonly driver?: string;
      readonly subnet?: string;
      readonly absent?: boolean;
    }
  | {
      readonly kind: 'container';
      readonly container: string;
      readonly host: string;
      /** `running`, `exited`, `created`, `paused`; default: any. */
      readonly state?: string;
      /** A network that it is connected to. */
      readonly network?: string;
      readonly image?: string;
      readonly absent?: boolean;
    }
  /**
   * Does a packet get there from a host, or from one of its containers, by the rules as they are now? Without `port` an
   * echo request, with it a TCP connection. `to`: an address, a name, or a value of the lab (`{{c1.ip}}`).
   */
  | {
      readonly kind: 'reachable';
      readonly to: string;
      readonly from: string;
      readonly container?: string;
      /** Instead of a container's name: the container of that service's first task on the host. */
      readonly task?: string;
      readonly port?: number;
      readonly not?: boolean;
    }
  /**
   * What a name means to a host, or to one of its containers: exactly these addresses in any order (`to`, which may hold
   * values of the lab), or that many (`count`), or none at all (`not`).
   */
  | {
      readonly kind: 'resolves';
      readonly name: string;
      readonly from: string;
      readonly container?: string;
      readonly task?: string;
      readonly to?: readonly string[];
      readonly count?: number;
      readonly not?: boolean;
    }
  /** A service of the swarm, as `docker service ls` lists it. */
  | {
      readonly kind: 'service';
      readonly service: string;
      /** How many tasks are asked for. */
      readonly replicas?: number;
      /** How many run. */
      readonly running?: number;
      readonly image?: string;
      readonly network?: string;
      /** A port that it publishes. */
      readonly publishes?: number;
      readonly absent?: boolean;
    }
  /** Running tasks of a service on a host: at least one, exactly `count`, or none (`absent`). */
  | {
      readonly kind: 'task';
      readonly task: string;
      readonly host: string;
      readonly count?: number;
      readonly absent?: boolean;
    }
  /** A port of the host that leads to a container. */
  | {
      readonly kind: 'published';
      readonly port: number;
      readonly host: string;
      readonly container?: string;
      readonly absent?: boolean;
    }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly host: string;
      readonly absent?: boolean;
    }
  /** The exit status of the step's own command. */
  | { readonly kind: 'exit'; readonly exit: number }
  /** The step's own output matches this regular expression (flag `m`). */
  | { readonly kind: 'output'; readonly matches: string };

/** `sandbox`: the name of its namespace's file. `prefix`: the first letters of its id, as one types them by hand. */
export type ContainerField =
  | 'id'
  | 'shortId'
  | 'prefix'
  | 'name'
  | 'address'
  | 'mac'
  | 'gateway'
  | 'sandbox'
  | 'pid';

/** Where a live placeholder of the commands comes from. */
export type ValueSource =
  | {
      readonly of: 'container';
      readonly container: string;
      readonly host: string;
      readonly field: ContainerField;
      /** For `address`, `mac` and `gateway`: which of its networks. */
      readonly network?: string;
    }
  | {
      readonly of: 'network';
      readonly network: string;
      readonly host: string;
      /** `namespace`: the overlay's own (`1-…`) on that host; `balancer`: its load balancer's (`lb_…`, `ingress_sbox`). */
      readonly field:
        | 'id'
        | 'shortId'
        | 'bridge'
        | 'subnet'
        | 'gateway'
        | 'vni'
        | 'namespace'
        | 'balancer';
    }
  /** A running task of a service: the first (by slot) that is on `host`, is not on `notOn`, has that `slot`. */
  | {
      readonly of: 'task';
      readonly task: string;
      readonly host?: string;
      readonly notOn?: string;
      readonly slot?: number;
      /** As of its container; `taskId`, and `host`: where it runs. */
      readonly field: ContainerField | 'taskId' | 'host';
      readonly network?: string;
    }
  | {
      readonly of: 'service';
      readonly service: string;
      /** `vip`: its virtual address on `network` (default: the first it has). */
      readonly field: 'id' | 'shortId' | 'vip';
      readonly network?: string;
    }
  | { readonly of: 'node'; readonly node: string; readonly field: 'id' | 'address' };

export interface StepDefinition {
  readonly id: string;
  readonly host: string;
  /** May hold `{{value}}` placeholders. */
  readonly command: string;
  readonly check: readonly Check[];
  /** The check may need that many simulated seconds to come true: it is asked again until then. */
  readonly wait?: number;
  /** It is to be done in the console or in the browser pane; the command is what that equals. */
  readonly via?: 'console' | 'browser';
  /** Ids of the steps that must have been run before. */
  readonly after: readonly string[];
  /** The step that opened the shell into which this one is typed. */
  readonly inside?: string;
  /** Numbers (from 1) of the output lines that the text speaks of. */
  readonly lines: readonly number[];
}

export interface PredictionDefinition {
  readonly id: string;
  /** The step before whose Run the question is asked, and after whose Run it is judged. */
  readonly before: string;
  /** An option is right when its facts hold then; one without facts is always wrong. */
  readonly options: readonly { readonly id: string; readonly holds: readonly Check[] }[];
}

export interface TryDefinition {
  readonly id: string;
  readonly check: readonly Check[];
  /** Commands that do it, after all steps of the lab and the tries before: what *Show me* types. */
  readonly solution: readonly { readonly host: string; readonly command: string }[];
}

export interface LabDefinition {
  readonly id: string;
  readonly order: number;
  readonly minutes: number;
  readonly scenario: 'swarm' | 'nodes';
  readonly seed: number;
  readonly values: Readonly<Record<string, ValueSource>>;
  readonly steps: readonly StepDefinition[];
  readonly predictions: readonly PredictionDefinition[];
  readonly tries: readonly TryDefinition[];
}

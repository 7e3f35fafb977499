// What a check has found in the state, as facts: the page says it in its reader's language.

/** Who asks: a host, one of its containers, or some task of a service there. */
export interface Asker {
  readonly host: string;
  readonly container?: string;
  readonly task?: string;
}

export type Finding =
  | { readonly kind: 'not-run' }
  /** While the answer was awaited, the reader undid or reset. */
  | { readonly kind: 'rewound' }
  | { readonly kind: 'exit'; readonly status: number }
  | { readonly kind: 'output'; readonly pattern: string; readonly matches: boolean }
  /** `driver`, `subnet`: another one than was to be; absent where that is not what is wrong. */
  | {
      readonly kind: 'network';
      readonly network: string;
      readonly host: string;
      readonly there: boolean;
      readonly driver?: string;
      readonly subnet?: string;
    }
  | {
      readonly kind: 'container';
      readonly container: string;
      readonly host: string;
      readonly there: boolean;
      readonly state?: string;
      readonly networks?: readonly string[];
      readonly image?: string;
    }
  /** `container`: the one that it leads to, which is another than was to be. */
  | {
      readonly kind: 'published';
      readonly port: number;
      readonly host: string;
      readonly there: boolean;
      readonly container?: string;
    }
  | {
      readonly kind: 'file';
      readonly file: string;
      readonly host: string;
      readonly there: boolean;
    }
  /** The lab's placeholders have no value yet. */
  | { readonly kind: 'no-value'; readonly values: readonly string[] }
  | { readonly kind: 'no-asker'; readonly from: Asker }
  | {
      readonly kind: 'reaches';
      readonly from: Asker;
      readonly to: string;
      readonly reaches: boolean;
    }
  | {
      readonly kind: 'resolves';
      readonly from: Asker;
      readonly name: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'service'; readonly service: string; readonly there: boolean }
  | {
      readonly kind: 'service-has';
      readonly service: string;
      readonly what: ServiceFact;
    }
  | {
      readonly kind: 'tasks';
      readonly service: string;
      readonly host: string;
      readonly count: number;
    };

export type ServiceFact =
  /** Absent: its mode has no number. */
  | { readonly kind: 'replicas'; readonly count?: number }
  | { readonly kind: 'running'; readonly count: number }
  | { readonly kind: 'image'; readonly image: string }
  | { readonly kind: 'networks'; readonly networks: readonly string[] }
  | { readonly kind: 'ports'; readonly ports: readonly number[] };

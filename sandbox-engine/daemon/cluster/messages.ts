// What daemons of a swarm ask each other. Mirrors: swarmkit's CA, NodeCA, Raft, Dispatcher, ResourceAllocator services.
import type { Failure } from '../../std/index.ts';
import type {
  Assignments,
  NodeDescription,
  NodeTls,
  RaftMessage,
  TaskRow,
  TaskStatus,
} from '../../swarmkit/index.ts';

export type ControlRequest =
  | RaftMessage
  | { readonly kind: 'issue certificate'; readonly token: string; readonly availability: string }
  | { readonly kind: 'renew certificate'; readonly nodeId: string }
  | {
      readonly kind: 'describe';
      readonly nodeId: string;
      readonly description: NodeDescription;
    }
  | { readonly kind: 'join raft'; readonly nodeId: string; readonly port: string }
  | {
      readonly kind: 'session';
      readonly nodeId: string;
      readonly description: NodeDescription;
      /** '' takes the address that the request comes from. */
      readonly address: string;
    }
  | { readonly kind: 'assignments'; readonly nodeId: string; readonly version: number }
  | {
      readonly kind: 'status';
      readonly nodeId: string;
      readonly updates: readonly { readonly taskId: string; readonly status: TaskStatus }[];
    }
  | {
      readonly kind: 'attach';
      readonly nodeId: string;
      readonly network: string;
      readonly containerId: string;
      readonly addresses: readonly string[];
    }
  | { readonly kind: 'detach'; readonly nodeId: string; readonly taskId: string }
  | { readonly kind: 'ping' };

/** The manager asked does not lead: ask that one (undefined: nobody leads). */
export interface Redirect {
  readonly redirect: string | undefined;
}

export type CertificateReply =
  | {
      readonly nodeId: string;
      readonly role: 'worker' | 'manager';
      readonly cluster: string;
      readonly tls: NodeTls;
    }
  | { readonly failure: Failure };

export interface RenewalReply {
  readonly issuer: Pick<NodeTls, 'issuerSubject' | 'issuerPublicKey'>;
}

export type SessionReply = { readonly registered: boolean };
export type AssignmentsReply = { readonly assignments: Assignments } | { readonly again: true };
export type AttachReply = { readonly task: TaskRow } | { readonly failure: Failure };
export interface DoneReply {
  readonly done: true;
}

/** It may not take part in raft: it is to be a worker by now. */
export interface NotMemberReply {
  readonly refused: true;
}

export const isRedirect = (answer: object): answer is Redirect => 'redirect' in answer;

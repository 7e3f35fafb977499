// What every `ip` subcommand is given, and what it answers.
import type { Kernel, LinkRow, NetnsId } from '../../kernel/index.ts';
import { type Process, type SocketError, strerror } from '../../os/index.ts';
import { namedNamespaces } from '../common/namespaces.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import type { IpOptions } from './options.ts';

/** Which iproute2 this is: hosts have 6.17, images based on Debian 12 have 6.1. */
export type IpVersion = '6.17.0' | '6.1.0';

/** What a subcommand prints, and its exit status. */
export interface Answer {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

export interface IpContext {
  readonly process: Process;
  readonly kernel: Kernel;
  readonly netns: NetnsId;
  readonly options: IpOptions;
  readonly version: IpVersion;
}

export const done: Answer = { status: 0 };
export const printed = (out: string): Answer => ({ out, status: 0 });

/** Wrong on the command line: iproute2 ends with -1 (255) or 1, by the place where it notices. */
export const usageError = (text: string, status = 255): Answer => ({ err: `${text}\n`, status });

/** The kernel said no. */
export const kernelError = (error: SocketError): Answer => ({
  err: `RTNETLINK answers: ${strerror(error)}\n`,
  status: 2,
});

/** The kernel said why (extended acknowledgement). */
export const explainedError = (text: string): Answer => ({ err: `Error: ${text}\n`, status: 2 });

export const noDevice = (name: string): Answer => ({
  err: `Cannot find device "${name}"\n`,
  status: 1,
});

/** A prefix of a command's name stands for it: the first of the list that fits. Mirrors: matches() of iproute2. */
export function expand<Name extends string>(
  text: string,
  names: readonly Name[],
): Name | undefined {
  return names.find((name) => name.startsWith(text));
}

export const unknownCommand = (text: string, object: string): Answer =>
  usageError(`Command "${text}" is unknown, try "ip ${object} help".`);

export const notSimulated = (what: string): Answer => ({
  err: `ip: not simulated here: ${what}\n`,
  status: 1,
});

/** Only CAP_NET_ADMIN may change anything. */
export function guarded(context: IpContext, change: () => Answer): Answer {
  return mayAdministerNetwork(context.process) ? change() : kernelError('EPERM');
}

export const findLink = (context: IpContext, name: string): LinkRow | undefined =>
  context.kernel.linkByName(context.netns, name);

/** The name that /var/run/netns has for a namespace, as `link-netns` prints it. */
export function netnsName(context: IpContext, netns: NetnsId): string | undefined {
  return namedNamespaces(context.process.fs).find((named) => named.netns === netns)?.name;
}

// What the parts of the applet are given, and what they answer.
import type { Kernel, LinkRow, NetnsId } from '../../kernel/index.ts';
import { type Process, type SocketError, strerror } from '../../os/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';

export interface Answer {
  readonly out?: string;
  readonly err?: string;
  readonly status: number;
}

export interface AppletContext {
  readonly process: Process;
  readonly kernel: Kernel;
  readonly netns: NetnsId;
  readonly family: 'inet' | 'inet6' | 'link' | undefined;
  readonly oneLine: boolean;
}

export const done: Answer = { status: 0 };
export const said = (text: string, status = 1): Answer => ({ err: `ip: ${text}\n`, status });
export const kernelError = (error: SocketError): Answer =>
  said(`RTNETLINK answers: ${strerror(error)}`, 2);
export const noDevice = (name: string): Answer => said(`can't find device '${name}'`, 2);

export const findLink = (context: AppletContext, name: string): LinkRow | undefined =>
  context.kernel.linkByName(context.netns, name);

export const guarded = (context: AppletContext, change: () => Answer): Answer =>
  mayAdministerNetwork(context.process) ? change() : kernelError('EPERM');

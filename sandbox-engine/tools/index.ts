// The network tools of hosts and images, by the name under which a host's registry has them.
//
// A plain name is the program of a host (Debian with iproute2 6.17); `bookworm:` is that of images based on Debian 12 where
// it prints something else; `busybox:` is the applet of that name.
import type { Program } from '../os/index.ts';
import { busyboxIp } from './busybox-ip/index.ts';
import { ipProgram } from './ip/index.ts';

export const networkTools: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['ip', ipProgram('6.17.0')],
  ['bookworm:ip', ipProgram('6.1.0')],
  ['busybox:ip', busyboxIp],
]);

// What root may do in a container: Docker's fourteen capabilities, changed by --cap-add, --cap-drop and --privileged.
//
// Mirrors: moby oci/caps (utils_linux.go TweakCapabilities, NormalizeLegacyCapabilities; defaults.go), capabilities(7).
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { textsOf } from '../body.ts';
import type { HostConfig } from './rows.ts';

/** Those of Linux 6.12, in the order of their numbers. */
const allCapabilities: ReadonlySet<string> = new Set(
  `CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE
  NET_BROADCAST NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN
  SYS_BOOT SYS_NICE SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE
  MAC_ADMIN SYSLOG WAKE_ALARM BLOCK_SUSPEND AUDIT_READ PERFMON BPF CHECKPOINT_RESTORE`.split(/\s+/),
);

const defaults =
  'CHOWN DAC_OVERRIDE FSETID FOWNER MKNOD NET_RAW SETGID SETUID SETFCAP SETPCAP NET_BIND_SERVICE SYS_CHROOT KILL AUDIT_WRITE'.split(
    ' ',
  );

/** `cap_net_admin`, `NET_ADMIN` → `NET_ADMIN`; the error is the engine's. */
function normalised(names: readonly string[]): Result<readonly string[], string> {
  const bare: string[] = [];
  for (const given of names) {
    const name = given.toUpperCase();
    const known = name.replace(/^CAP_/, '');
    if (name !== 'ALL' && !allCapabilities.has(known))
      return err(`unknown capability: "CAP_${known}"`);
    bare.push(known);
  }
  return ok(bare);
}

export function capabilityProblem(host: HostConfig): Failure | undefined {
  for (const key of ['CapAdd', 'CapDrop']) {
    const names = normalised(textsOf(host[key]) ?? []);
    if (!names.ok) return failure('invalid_parameter', `invalid ${key}: ${names.error}`);
  }
  return undefined;
}

/** The capabilities that root has in a container; names as in capabilities(7), without `CAP_`. */
export function capabilitiesOf(host: HostConfig): ReadonlySet<string> {
  if (host.Privileged === true) return allCapabilities;
  const add = normalised(textsOf(host.CapAdd) ?? []);
  const drop = normalised(textsOf(host.CapDrop) ?? []);
  const added = add.ok ? add.value : [];
  const dropped = new Set(drop.ok ? drop.value : []);
  // Where all are added and dropped, adding wins.
  if (added.includes('ALL'))
    return new Set([...allCapabilities].filter((name) => !dropped.has(name)));
  if (dropped.has('ALL')) return new Set(added);
  return new Set([...defaults.filter((name) => !dropped.has(name)), ...added]);
}

/** Those of `docker exec --privileged`. */
export const privilegedCapabilities = allCapabilities;

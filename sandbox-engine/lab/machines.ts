// What happens to a machine itself, from outside: the power, the daemon. The replay protocol's `host` messages.
import type { Lab } from './api.ts';

/** Does it, or says plainly that it cannot. */
export function hostAction(
  lab: Lab,
  host: string,
  action: string,
): { readonly ok: boolean; readonly error?: string } {
  if (!lab.hosts.has(host)) return { ok: false, error: `no host ${host}` };
  return { ok: false, error: `not simulated yet: ${action}` };
}

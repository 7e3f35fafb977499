// Networks without devices: `host` (the host's own stack) and `null` (nothing but lo); one of each per daemon.
//
// Mirrors: libnetwork/drivers/host, libnetwork/drivers/null.
import { err, failure, ok } from '../../std/index.ts';
import type { Context } from '../context.ts';
import type { Driver } from './driver.ts';

export function singletonDriver(context: Context, name: 'host' | 'null'): Driver {
  return {
    name,
    hasAddresses: false,
    createNetwork(row) {
      const exists = context.rows.networks
        .where('host', context.host)
        .some((other) => other.driver === name);
      return exists
        ? err(failure('forbidden', `only one instance of "${name}" network is allowed`))
        : ok(row);
    },
    deleteNetwork: () => undefined,
    join: () => ok({ link: undefined, hostLink: undefined, mac: undefined, gateway: undefined }),
    leave: () => undefined,
  };
}

// macvlan and ipvlan networks: made, listed and removed as Docker does; containers cannot be put on them here.
//
// Mirrors: libnetwork/drivers/macvlan, libnetwork/drivers/ipvlan. Differs: the kernel here has no such devices, so joining
// is refused in plain words.
import { err, failure, ok } from '../../std/index.ts';
import type { Context } from '../context.ts';
import { notSimulated } from '../validate.ts';
import type { Driver } from './driver.ts';

export function lanDriver({ kernel }: Context, name: 'macvlan' | 'ipvlan'): Driver {
  return {
    name,
    hasAddresses: true,
    createNetwork(row) {
      const { parent } = row.options;
      if (parent === undefined || kernel.linkByName(kernel.initNetns, parent)) return ok(row);
      return err(
        failure(
          'invalid_parameter',
          `invalid subinterface vlan name ${parent}, example formatting is eth0.10`,
        ),
      );
    },
    deleteNetwork: () => undefined,
    join: () => err(notSimulated(`containers on ${name} networks`)),
    leave: () => undefined,
  };
}

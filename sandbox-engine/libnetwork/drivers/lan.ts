// macvlan and ipvlan networks: containers are stations of the LAN that the parent device is on.
//
// Mirrors: libnetwork/drivers/macvlan, libnetwork/drivers/ipvlan. Differs: macvlan's bridge mode and ipvlan's l2 mode only;
// no VLAN sub-interfaces are made for parents such as eth0.10.
import type { LinkRow } from '../../kernel/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { parseIpv4 } from '../../wire/index.ts';
import type { NetworkRow } from '../api.ts';
import { type Context, newVethName } from '../context.ts';
import { notSimulated } from '../validate.ts';
import type { Driver, Joined, JoinRequest } from './driver.ts';

type Kind = 'macvlan' | 'ipvlan';

/** Without a parent the network is on a dummy device of its own, and leads nowhere else. */
const dummyPrefix = { macvlan: 'dm-', ipvlan: 'di-' } as const;
const dummyName = (row: NetworkRow, kind: Kind): string =>
  `${dummyPrefix[kind]}${row.networkId.slice(0, 12)}`;

const parentName = (row: NetworkRow, kind: Kind): string =>
  row.options.parent || dummyName(row, kind);

const onlyMode = { macvlan: 'bridge', ipvlan: 'l2' } as const;

function createNetwork(
  { kernel }: Context,
  kind: Kind,
  row: NetworkRow,
): Result<NetworkRow, Failure> {
  const { initNetns } = kernel;
  const mode = row.options[`${kind}_mode`];
  if (mode !== undefined && mode !== onlyMode[kind])
    return err(notSimulated(`${kind} networks in mode ${mode}`));
  const { parent } = row.options;
  if (!parent) return makeDummy({ kernel }, row, dummyName(row, kind));
  if (kernel.linkByName(initNetns, parent)) return ok(row);
  const [, base] = /^(.+)\.(\d+)$/.exec(parent) ?? [];
  if (base !== undefined && kernel.linkByName(initNetns, base))
    return err(notSimulated('VLAN sub-interfaces'));
  return err(
    failure(
      'invalid_parameter',
      `invalid subinterface vlan name ${parent}, example formatting is eth0.10`,
    ),
  );
}

function makeDummy(
  { kernel }: Pick<Context, 'kernel'>,
  row: NetworkRow,
  name: string,
): Result<NetworkRow, Failure> {
  const made = kernel.linkAdd(kernel.initNetns, { name, kind: 'dummy' });
  if (!made.ok) return err(failure('system', `error making ${name}: ${made.error}`));
  kernel.linkSet(made.value.id, { up: true });
  return ok(row);
}

/** Made beside the parent, and then moved: it keeps the host's number. */
function join(
  context: Context,
  kind: Kind,
  row: NetworkRow,
  { netns, mac }: JoinRequest,
): Result<Joined, Failure> {
  const { kernel } = context;
  const parent = kernel.linkByName(kernel.initNetns, parentName(row, kind));
  if (!parent)
    return err(
      failure('system', `the ${kind} parent interface ${parentName(row, kind)} was not found`),
    );
  const made = kernel.linkAdd(kernel.initNetns, {
    name: newVethName(context),
    kind,
    lower: parent.id,
    ...(mac && { mac }),
  });
  if (!made.ok)
    return err(failure('system', `failed to create the ${kind} port: device or resource busy`));
  kernel.linkSet(made.value.id, { netns });
  return ok({
    link: made.value.id,
    hostLink: made.value.id,
    mac: kind === 'macvlan' ? made.value.mac : undefined,
    gateway: row.internal ? undefined : parseIpv4(row.subnets[0]?.gateway ?? ''),
  });
}

function deleteNetwork({ kernel }: Context, kind: Kind, row: NetworkRow): void {
  const dummy: LinkRow | undefined = kernel.linkByName(kernel.initNetns, dummyName(row, kind));
  if (dummy) kernel.linkDelete(dummy.id);
}

export const lanDriver = (context: Context, kind: Kind): Driver => ({
  name: kind,
  hasAddresses: true,
  createNetwork: (row) => createNetwork(context, kind, row),
  deleteNetwork: (row) => deleteNetwork(context, kind, row),
  join: (row, request) => join(context, kind, row, request),
  leave(_row, { hostLink }) {
    if (hostLink && context.kernel.link(hostLink)) context.kernel.linkDelete(hostLink);
  },
});

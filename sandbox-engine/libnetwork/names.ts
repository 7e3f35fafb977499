// The names that embedded DNS servers answer: rows per network, brought by endpoints and services.
//
// Mirrors: libnetwork/network.go (addSvcRecords, deleteSvcRecords, svcMap, ipMap).
import type { Ipv4 } from '../wire/index.ts';
import { formatIpv4 } from '../wire/index.ts';
import type { NameRow } from './api.ts';
import type { Context } from './context.ts';
import { onHost } from './rows.ts';

export interface Name {
  readonly name: string;
  readonly address: Ipv4;
  readonly reverse: boolean;
}

export function addNames(
  { rows, host }: Context,
  networkId: string,
  owner: string,
  names: readonly Name[],
): void {
  for (const { name, address, reverse } of names) {
    const lower = name.toLowerCase();
    const id = `${onHost(host, networkId)}/${lower}/${formatIpv4(address)}/${owner}`;
    if (!rows.names.has(id))
      rows.names.put({ id, host, networkId, name: lower, address, reverse, owner });
  }
}

export function removeNames({ rows, host }: Context, networkId: string, owner: string): void {
  for (const row of rows.names.where('owner', onHost(host, owner)))
    if (row.networkId === networkId) rows.names.remove(row.id);
}

const namesOn = ({ rows, host }: Context, networkId: string): NameRow[] =>
  rows.names.where('network', onHost(host, networkId));

/** All addresses of a name, each once, in the order in which they became known. */
export function addressesOf(context: Context, networkId: string, name: string): Ipv4[] {
  const wanted = name.toLowerCase();
  const found = namesOn(context, networkId).filter((row) => row.name === wanted);
  return [...new Set(found.map(({ address }) => address))];
}

/** The name that an address stands for. */
export const nameOf = (context: Context, networkId: string, address: Ipv4): string | undefined =>
  namesOn(context, networkId).find((row) => row.reverse && row.address === address)?.name;

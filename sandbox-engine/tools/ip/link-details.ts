// `ip -d`: what kind of device it is, and its attributes as a bridge or as a port of one.
//
// Mirrors: iproute2's iplink_bridge.c, iplink_bridge_slave.c, iplink_vxlan.c; the values are Linux's defaults where the
// simulated kernel keeps no state of its own.
import type { LinkRow } from '../../kernel/index.ts';
import { formatIpv4, zeroMac } from '../../wire/index.ts';
import { bridgeId, portNumber } from '../common/bridge-ports.ts';
import type { JsonObject } from '../common/json.ts';
import type { IpContext } from './context.ts';

const limits = (link: LinkRow): string => {
  if (link.kind === 'loopback' || link.kind === 'dummy') return 'minmtu 0 maxmtu 0';
  return `minmtu 68 maxmtu ${link.kind === 'ether' ? 1500 : 65535}`;
};

const queues = (link: LinkRow): string => {
  const segmentation = link.kind === 'ether' ? 65536 : 524280;
  return `numtxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size ${segmentation} tso_max_segs 65535 gro_max_size 65536 gso_ipv4_max_size 65536 gro_ipv4_max_size 65536 ${
    link.kind === 'ether' ? 'parentbus platform parentdev uml-vector.0 ' : ''
  }`;
};

const onOff = (value: boolean): string => (value ? 'on' : 'off');

/** What follows on the line of the hardware address, and the lines after it. `ofLink`: for `ip link`. */
export function detailLines(context: IpContext, link: LinkRow, ofLink: boolean): string[] {
  const port = link.master === undefined ? 0 : 1;
  const gap = context.version === '6.1.0' ? '  ' : ' ';
  const lines = [` promiscuity ${port}${gap}allmulti ${port} ${limits(link)} `];
  if (link.kind !== 'loopback' && link.kind !== 'ether')
    lines.push(`    ${kindText(context, link)} `);
  if (port) lines.push(`    ${slaveText(context, link)} `);
  const generation = ofLink ? 'addrgenmode eui64 ' : '';
  return [...lines.slice(0, -1), `${lines.at(-1) ?? ''}${generation}${queues(link)}`];
}

function kindText(context: IpContext, link: LinkRow): string {
  if (link.kind === 'bridge') return bridgeText(context, link);
  if (link.kind === 'macvlan') return 'macvlan mode bridge bcqueuelen 1000 usedbcqueuelen 1000';
  if (link.kind === 'ipvlan') return 'ipvlan mode l2 bridge';
  if (link.kind !== 'vxlan' || !link.vxlan) return link.kind;
  const { vni, port, proxy, learning, l2miss, l3miss } = link.vxlan;
  return [
    `vxlan id ${vni}${remoteText(context, link)} srcport 0 0 dstport ${port}`,
    ...(learning ? [] : ['nolearning']),
    'ttl auto ageing 300',
    ...(proxy ? ['proxy'] : []),
    ...(l2miss ? ['l2miss'] : []),
    ...(l3miss ? ['l3miss'] : []),
  ].join(' ');
}

function bridgeText(context: IpContext, link: LinkRow): string {
  const id = bridgeId(link.mac);
  const ports = context.kernel.links(link.netns).filter((port) => port.master === link.id);
  const learned = context.kernel
    .fdb(link.netns)
    .filter(
      (row) => !row.permanent && row.table === 'bridge' && ports.some((p) => p.id === row.link),
    );
  const sixOne = context.version === '6.1.0';
  return [
    'bridge forward_delay 1500 hello_time 200 max_age 2000 ageing_time 30000 stp_state 0 priority 32768 vlan_filtering 0',
    `vlan_protocol 802.1Q bridge_id ${id} designated_root ${id} root_port 0 root_path_cost 0 topology_change 0`,
    'topology_change_detected 0 hello_timer    0.00 tcn_timer    0.00 topology_change_timer    0.00 gc_timer   30.00',
    ...(sixOne ? [] : [`fdb_n_learned ${learned.length} fdb_max_learned 0`]),
    `vlan_default_pvid ${link.defaultPvid ?? 1} vlan_stats_enabled 0 vlan_stats_per_port 0 group_fwd_mask 0`,
    'group_address 01:80:c2:00:00:00 mcast_snooping 1 no_linklocal_learn 0 mcast_vlan_snooping 0',
    ...(sixOne ? [] : ['mst_enabled 0']),
    'mcast_router 1 mcast_query_use_ifaddr 0 mcast_querier 0 mcast_hash_elasticity 16 mcast_hash_max 4096',
    'mcast_last_member_count 2 mcast_startup_query_count 2 mcast_last_member_interval 100',
    'mcast_membership_interval 26000 mcast_querier_interval 25500 mcast_query_interval 12500',
    'mcast_query_response_interval 1000 mcast_startup_query_interval 3125 mcast_stats_enabled 0 mcast_igmp_version 2',
    'mcast_mld_version 1 nf_call_iptables 0 nf_call_ip6tables 0 nf_call_arptables 0',
  ].join(' ');
}

/** Where frames to unknown stations go. */
function remoteText({ kernel }: IpContext, link: LinkRow): string {
  const entry = kernel.fdb(link.netns).find((row) => row.link === link.id && row.mac === zeroMac);
  return entry?.remote === undefined ? '' : ` remote ${formatIpv4(entry.remote)}`;
}

function slaveText(context: IpContext, link: LinkRow): string {
  const bridge = link.master === undefined ? undefined : context.kernel.link(link.master);
  const number = portNumber(context.kernel, link);
  const id = bridge ? bridgeId(bridge.mac) : '';
  const sixOne = context.version === '6.1.0';
  return [
    `bridge_slave state ${portState(context, link)} priority 32 cost ${link.kind === 'vxlan' || link.kind === 'dummy' ? 100 : 2}`,
    `hairpin ${onOff(link.hairpin ?? false)} guard off root_block off fastleave off learning on flood on`,
    `port_id 0x80${number.toString(16).padStart(2, '0')} port_no 0x${number.toString(16)} designated_port ${0x8000 + number}`,
    `designated_cost 0 designated_bridge ${id} designated_root ${id} hold_timer    0.00 message_age_timer    0.00`,
    'forward_delay_timer    0.00 topology_change_ack 0 config_pending 0 proxy_arp off proxy_arp_wifi off mcast_router 1',
    'mcast_fast_leave off mcast_flood on bcast_flood on mcast_to_unicast off neigh_suppress off',
    ...(sixOne ? [] : ['neigh_vlan_suppress off']),
    'group_fwd_mask 0 group_fwd_mask_str 0x0 vlan_tunnel off isolated off locked off',
    ...(sixOne ? [] : ['mab off']),
  ].join(' ');
}

const portState = (context: IpContext, link: LinkRow): string =>
  link.up && context.kernel.linkState(link.id).carrier ? 'forwarding' : 'disabled';

/** The same with -j, in less detail. */
export function detailJson(context: IpContext, link: LinkRow): JsonObject {
  const port = link.master === undefined ? 0 : 1;
  const small = link.kind === 'loopback' || link.kind === 'dummy';
  const kind = link.kind === 'loopback' || link.kind === 'ether' ? undefined : link.kind;
  return {
    promiscuity: port,
    allmulti: port,
    min_mtu: small ? 0 : 68,
    max_mtu: small ? 0 : link.kind === 'ether' ? 1500 : 65535,
    linkinfo: kind && {
      info_kind: kind,
      info_data: infoData(link),
      ...(port && {
        info_slave_kind: 'bridge',
        info_slave_data: { state: portState(context, link), hairpin: link.hairpin ?? false },
      }),
    },
    num_tx_queues: 1,
  };
}

function infoData(link: LinkRow): JsonObject | undefined {
  if (link.vxlan) return { id: link.vxlan.vni, port: link.vxlan.port, proxy: link.vxlan.proxy };
  if (link.kind === 'bridge') return { stp_state: 0, vlan_default_pvid: link.defaultPvid ?? 1 };
  return undefined;
}

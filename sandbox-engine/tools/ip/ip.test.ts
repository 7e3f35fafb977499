import { beforeEach, describe, expect, test } from 'vitest';
import { ToolsLab } from '../testing.ts';

let lab: ToolsLab;

/** A bridge and a namespace on it, made with ip itself. */
beforeEach(() => {
  lab = new ToolsLab();
  lab.namespace('c1');
  for (const line of [
    'ip link add br0 address 8a:4a:36:df:5e:12 type bridge',
    'ip addr add 172.17.0.1/16 brd + dev br0',
    'ip link set br0 up',
  ])
    lab.out(line);
});

/** Plugs the namespace c1 into the bridge. */
function plug(): void {
  for (const line of [
    'ip link add veth1 address a6:da:22:77:3d:4f type veth peer name eth0 netns c1',
    'ip link set veth1 master br0 up',
    'ip netns exec c1 ip link set eth0 address c2:de:c2:b9:75:94 up',
    'ip -n c1 addr add 172.17.0.2/16 brd + dev eth0',
    'ip -n c1 route add default via 172.17.0.1',
  ])
    lab.out(line);
}

describe('ip addr', () => {
  test('shows devices with their addresses, IPv6 ones too, as recorded on a host', () => {
    expect(
      lab.out('ip addr'),
    ).toBe(`1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
       valid_lft forever preferred_lft forever
    inet6 ::1/128 scope host proto kernel_lo 
       valid_lft forever preferred_lft forever
2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc pfifo_fast state UNKNOWN group default qlen 1000
    link/ether 02:56:00:00:00:10 brd ff:ff:ff:ff:ff:ff
    inet 192.168.56.10/24 brd 192.168.56.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::56:ff:fe00:10/64 scope link proto kernel_ll 
       valid_lft forever preferred_lft forever
3: br0: <NO-CARRIER,BROADCAST,MULTICAST,UP> mtu 1500 qdisc noqueue state DOWN group default qlen 1000
    link/ether 8a:4a:36:df:5e:12 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.1/16 brd 172.17.255.255 scope global br0
       valid_lft forever preferred_lft forever
`);
  });

  test('says where the other end of a veth is, by name where the namespace has one', () => {
    plug();
    expect(
      lab.out('ip addr show veth1'),
    ).toBe(`4: veth1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000
    link/ether a6:da:22:77:3d:4f brd ff:ff:ff:ff:ff:ff link-netns c1
    inet6 fe80::a4da:22ff:fe77:3d4f/64 scope link proto kernel_ll 
       valid_lft forever preferred_lft forever
`);
    expect(
      lab.out('ip netns exec c1 ip -4 addr show eth0'),
    ).toBe(`2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default qlen 1000 link-netnsid 0
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
`);
  });

  test('has one line an address with -o, one a device with -br', () => {
    expect(
      lab.out('ip -4 -o addr'),
    ).toBe(`1: lo    inet 127.0.0.1/8 scope host lo\\       valid_lft forever preferred_lft forever
2: eth0    inet 192.168.56.10/24 brd 192.168.56.255 scope global eth0\\       valid_lft forever preferred_lft forever
3: br0    inet 172.17.0.1/16 brd 172.17.255.255 scope global br0\\       valid_lft forever preferred_lft forever
`);
    expect(lab.out('ip -br addr')).toBe(`lo               UNKNOWN        127.0.0.1/8 ::1/128 
eth0             UNKNOWN        192.168.56.10/24 fe80::56:ff:fe00:10/64 
br0              DOWN           172.17.0.1/16 
`);
  });

  test('refuses what is there already, and what is not', () => {
    expect(lab.run('ip addr add 172.17.0.1/16 dev br0')).toEqual({
      stdout: '',
      stderr: 'Error: ipv4: Address already assigned.\n',
      exit: 2,
    });
    expect(lab.run('ip addr del 10.0.0.1/8 dev br0').stderr).toBe(
      'Error: ipv4: Address not found.\n',
    );
    expect(lab.run('ip addr add 10.0.0.300/8 dev br0')).toEqual({
      stdout: '',
      stderr: 'Error: any valid prefix is expected rather than "10.0.0.300/8".\n',
      exit: 1,
    });
    expect(lab.run('ip addr show dev nosuch')).toEqual({
      stdout: '',
      stderr: 'Device "nosuch" does not exist.\n',
      exit: 1,
    });
  });

  test('speaks JSON', () => {
    expect(JSON.parse(lab.out('ip -j addr show br0'))).toEqual([
      {
        ifindex: 3,
        ifname: 'br0',
        flags: ['NO-CARRIER', 'BROADCAST', 'MULTICAST', 'UP'],
        mtu: 1500,
        qdisc: 'noqueue',
        operstate: 'DOWN',
        group: 'default',
        txqlen: 1000,
        link_type: 'ether',
        address: '8a:4a:36:df:5e:12',
        broadcast: 'ff:ff:ff:ff:ff:ff',
        addr_info: [
          {
            family: 'inet',
            local: '172.17.0.1',
            prefixlen: 16,
            broadcast: '172.17.255.255',
            scope: 'global',
            label: 'br0',
            valid_life_time: 4294967295,
            preferred_life_time: 4294967295,
          },
        ],
      },
    ]);
  });
});

describe('the ip of Debian 12 and of BusyBox', () => {
  test('leave out what they do not know', () => {
    plug();
    lab.out('ip -n c1 link set eth0 txqueuelen 0');
    expect(
      lab.out('ip netns exec c1 bookworm:ip addr show eth0'),
    ).toBe(`2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default 
    link/ether c2:de:c2:b9:75:94 brd ff:ff:ff:ff:ff:ff link-netnsid 0
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::c0de:c2ff:feb9:7594/64 scope link 
       valid_lft forever preferred_lft forever
`);
    expect(
      lab.out('ip netns exec c1 busybox:ip addr show eth0'),
    ).toBe(`2: eth0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue 
    link/ether c2:de:c2:b9:75:94 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
       valid_lft forever preferred_lft forever
    inet6 fe80::c0de:c2ff:feb9:7594/64 scope link 
       valid_lft forever preferred_lft forever
`);
    expect(lab.out('ip netns exec c1 busybox:ip route')).toBe(`default via 172.17.0.1 dev eth0 
172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 
`);
  });
});

describe('ip link', () => {
  test('shows everything about a bridge port with -d', () => {
    plug();
    expect(
      lab.out('ip -d addr show veth1'),
    ).toBe(`4: veth1@if2: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master br0 state UP group default qlen 1000
    link/ether a6:da:22:77:3d:4f brd ff:ff:ff:ff:ff:ff link-netns c1 promiscuity 1 allmulti 1 minmtu 68 maxmtu 65535 
    veth 
    bridge_slave state forwarding priority 32 cost 2 hairpin off guard off root_block off fastleave off learning on flood on port_id 0x8001 port_no 0x1 designated_port 32769 designated_cost 0 designated_bridge 8000.8a:4a:36:df:5e:12 designated_root 8000.8a:4a:36:df:5e:12 hold_timer    0.00 message_age_timer    0.00 forward_delay_timer    0.00 topology_change_ack 0 config_pending 0 proxy_arp off proxy_arp_wifi off mcast_router 1 mcast_fast_leave off mcast_flood on bcast_flood on mcast_to_unicast off neigh_suppress off neigh_vlan_suppress off group_fwd_mask 0 group_fwd_mask_str 0x0 vlan_tunnel off isolated off locked off mab off numtxqueues 1 gso_max_size 65536 gso_max_segs 65535 tso_max_size 524280 tso_max_segs 65535 gro_max_size 65536 gso_ipv4_max_size 65536 gro_ipv4_max_size 65536 
    inet6 fe80::a4da:22ff:fe77:3d4f/64 scope link proto kernel_ll 
       valid_lft forever preferred_lft forever
`);
  });

  test('a tunnel by hand: remote is the entry for unknown stations', () => {
    lab.out('ip link add vx0 type vxlan id 42 dev eth0 remote 192.168.56.11 dstport 4789');
    expect(lab.out('bridge fdb show dev vx0')).toBe(
      '00:00:00:00:00:00 dst 192.168.56.11 self permanent\n',
    );
    expect(lab.out('ip -d link show vx0')).toMatch(
      /mtu 1450 [\s\S]* vxlan id 42 remote 192.168.56.11 srcport 0 0 dstport 4789 /,
    );
  });

  test('names a VXLAN device that was moved away from its underlay after itself', () => {
    lab.out('ip link add vx type vxlan id 4097 dstport 4789 proxy l2miss l3miss');
    lab.out('ip link set vx netns c1 name vxlan0');
    lab.out('ip -n c1 link set vxlan0 up');
    expect(lab.out('ip netns exec c1 ip -d link show vxlan0').split('\n').slice(0, 3)).toEqual([
      '4: vxlan0@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UNKNOWN mode DEFAULT group default qlen 1000',
      expect.stringMatching(
        /^ {4}link\/ether [0-9a-f:]{17} brd ff:ff:ff:ff:ff:ff link-netnsid 0 promiscuity 0 allmulti 0 minmtu 68 maxmtu 65535 $/,
      ),
      expect.stringMatching(
        /^ {4}vxlan id 4097 srcport 0 0 dstport 4789 ttl auto ageing 300 proxy l2miss l3miss addrgenmode eui64 numtxqueues 1 /,
      ),
    ]);
  });

  test('reports what the kernel refuses', () => {
    expect(lab.run('ip link add br0 type bridge').stderr).toBe('RTNETLINK answers: File exists\n');
    expect(lab.run('ip link add x type foo').stderr).toBe('Error: Unknown device type.\n');
    expect(lab.run('ip link set nosuch up').stderr).toBe('Cannot find device "nosuch"\n');
    expect(lab.run('ip link set br0 master nosuch').stderr).toBe(
      'Error: argument "nosuch" is wrong: Device does not exist\n\n',
    );
    expect(lab.run('ip link foo').stderr).toBe('Command "foo" is unknown, try "ip link help".\n');
    expect(lab.run('ip foo').stderr).toBe('Object "foo" is unknown, try "ip help".\n');
  });
});

describe('ip route', () => {
  test('lists, adds, replaces and deletes', () => {
    expect(lab.out('ip r')).toBe(`default via 192.168.56.1 dev eth0 
172.17.0.0/16 dev br0 proto kernel scope link src 172.17.0.1 linkdown 
192.168.56.0/24 dev eth0 proto kernel scope link src 192.168.56.10 
`);
    lab.out('ip route add 10.0.0.0/8 via 192.168.56.11 metric 5');
    expect(lab.run('ip route add 10.0.0.0/8 via 192.168.56.12 metric 5')).toEqual({
      stdout: '',
      stderr: 'RTNETLINK answers: File exists\n',
      exit: 2,
    });
    lab.out('ip route replace 10.0.0.0/8 via 192.168.56.12 metric 5');
    expect(lab.out('ip route show 10.0.0.0/8')).toBe(
      '10.0.0.0/8 via 192.168.56.12 dev eth0 metric 5 \n',
    );
    lab.out('ip route del 10.0.0.0/8');
    expect(lab.run('ip route del 10.0.0.0/8').stderr).toBe('RTNETLINK answers: No such process\n');
    expect(lab.run('ip route add 10.0.0.0/8 via 9.9.9.9').stderr).toBe(
      'Error: Nexthop has invalid gateway.\n',
    );
  });

  test('says where a packet would go', () => {
    expect(lab.out('ip route get 8.8.8.8')).toBe(
      '8.8.8.8 via 192.168.56.1 dev eth0 src 192.168.56.10 uid 0 \n    cache \n',
    );
    expect(lab.out('ip route get 127.0.0.1')).toBe(
      'local 127.0.0.1 dev lo src 127.0.0.1 uid 0 \n    cache <local> \n',
    );
  });

  test('lists the local table and what IPv6 has there', () => {
    plug();
    expect(
      lab.out('ip netns exec c1 ip route show table all type local'),
    ).toBe(`local 127.0.0.0/8 dev lo table local proto kernel scope host src 127.0.0.1 
local 127.0.0.1 dev lo table local proto kernel scope host src 127.0.0.1 
local 172.17.0.2 dev eth0 table local proto kernel scope host src 172.17.0.2 
local ::1 dev lo table local proto kernel metric 0 pref medium
local fe80::c0de:c2ff:feb9:7594 dev eth0 table local proto kernel metric 0 pref medium
`);
  });
});

test('ip neigh adds and shows', () => {
  lab.out('ip neigh add 172.17.0.9 lladdr 02:42:0a:01:00:09 dev br0');
  expect(lab.run('ip neigh add 172.17.0.9 lladdr 02:42:0a:01:00:09 dev br0').stderr).toBe(
    'RTNETLINK answers: File exists\n',
  );
  expect(lab.out('ip neigh')).toBe('172.17.0.9 dev br0 lladdr 02:42:0a:01:00:09 PERMANENT \n');
  lab.out('ip neigh del 172.17.0.9 dev br0');
  expect(lab.out('ip neigh show dev br0')).toBe('');
});

test('ip netns lists names with their numbers, newest first', () => {
  plug();
  lab.namespace('c2');
  expect(lab.out('ip netns')).toBe('c2\nc1 (id: 0)\n');
  expect(lab.out('ip netns list-id')).toBe('nsid 0 (iproute2 netns name: c1)\n');
  expect(lab.run('ip netns exec nosuch ls')).toEqual({
    stdout: '',
    stderr: 'Cannot open network namespace "nosuch": No such file or directory\n',
    exit: 255,
  });
  expect(lab.run('ip netns exec c1 nosuch').stderr).toBe(
    'exec of "nosuch" failed: No such file or directory\n',
  );
});

test('nsenter becomes the command in the namespace of a file', () => {
  plug();
  expect(
    lab.out('nsenter --net=/run/netns/c1 ip -br -4 addr'),
  ).toBe(`lo               UNKNOWN        127.0.0.1/8 
eth0@if4         UP             172.17.0.2/16 
`);
  expect(lab.run('nsenter --net=/nosuch ip addr')).toEqual({
    stdout: '',
    stderr: 'nsenter: cannot open /nosuch: No such file or directory\n',
    exit: 1,
  });
});

test('bridge and brctl show ports and the FDB', () => {
  plug();
  expect(lab.out('bridge link')).toBe(
    '4: veth1@eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 master br0 state forwarding priority 32 cost 2 \n',
  );
  expect(lab.out('bridge fdb show dev veth1')).toBe(`a6:da:22:77:3d:4f vlan 1 master br0 permanent
a6:da:22:77:3d:4f master br0 permanent
33:33:00:00:00:01 self permanent
01:00:5e:00:00:01 self permanent
33:33:ff:77:3d:4f self permanent
`);
  expect(lab.out('brctl show')).toBe(`bridge name	bridge id		STP enabled	interfaces
br0		8000.8a4a36df5e12	no		veth1
`);
  expect(lab.run('brctl addif br0 nosuch')).toEqual({
    stdout: '',
    stderr: 'interface nosuch does not exist!\n',
    exit: 1,
  });
});

// `ethtool`: what little a simulated device can say about its driver.
//
// Differs: offloads are listed as Linux has them by default and cannot be changed; no registers, rings or firmware.
import type { LinkRow } from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';

const drivers: Readonly<Record<LinkRow['kind'], readonly [driver: string, version: string]>> = {
  loopback: ['', ''],
  ether: ['uml-vector', '0.1'],
  veth: ['veth', '1.0'],
  macvlan: ['macvlan', '0.1'],
  ipvlan: ['ipvlan', '0.1'],
  bridge: ['bridge', '2.3'],
  vxlan: ['vxlan', '0.1'],
  dummy: ['dummy', '1.0'],
};

const features = (link: LinkRow): readonly (readonly [string, string])[] => {
  const soft = link.kind === 'ether' ? 'off' : 'on';
  return [
    ['rx-checksumming', link.kind === 'ether' ? 'off' : 'on'],
    ['tx-checksumming', soft],
    ['scatter-gather', soft],
    ['tcp-segmentation-offload', soft],
    ['generic-segmentation-offload', soft],
    ['generic-receive-offload', link.kind === 'veth' ? 'off' : soft],
    ['large-receive-offload', 'off [fixed]'],
    ['rx-vlan-offload', link.kind === 'veth' ? 'on' : 'off [fixed]'],
    ['tx-vlan-offload', link.kind === 'veth' || link.kind === 'bridge' ? 'on' : 'off [fixed]'],
    ['ntuple-filters', 'off [fixed]'],
    ['receive-hashing', 'off [fixed]'],
  ];
};

function describe(process: Process, option: string, link: LinkRow): string | undefined {
  const peer = link.peer === undefined ? undefined : process.kernel.link(link.peer);
  switch (option) {
    case '-i': {
      const [driver, version] = drivers[link.kind];
      return `driver: ${driver}\nversion: ${version}\nfirmware-version: \nexpansion-rom-version: \nbus-info: \nsupports-statistics: ${link.kind === 'veth' ? 'yes' : 'no'}\nsupports-test: no\nsupports-eeprom-access: no\nsupports-register-dump: no\nsupports-priv-flags: no\n`;
    }
    case '-k':
      return `Features for ${link.name}:\n${features(link)
        .map(([name, value]) => `${name}: ${value}\n`)
        .join('')}`;
    case '-S':
      return peer ? `NIC statistics:\n     peer_ifindex: ${peer.ifindex}\n` : undefined;
    case '': {
      const detected = process.kernel.linkState(link.id).carrier ? 'yes' : 'no';
      const veth =
        link.kind === 'veth'
          ? '\tSupported ports: [  ]\n\tSpeed: 10000Mb/s\n\tDuplex: Full\n\tAuto-negotiation: off\n\tPort: Twisted Pair\n'
          : '';
      return `Settings for ${link.name}:\n${veth}\tLink detected: ${detected}\n`;
    }
  }
  return undefined;
}

const longNames: Readonly<Record<string, string>> = {
  '--driver': '-i',
  '--show-features': '-k',
  '--show-offload': '-k',
  '--statistics': '-S',
};

export function* ethtool(process: Process): Op<number> {
  const args = process.argv.slice(1);
  const given = args.find((arg) => arg.startsWith('-'));
  const option = given === undefined ? '' : (longNames[given] ?? given);
  const name = args.find((arg) => !arg.startsWith('-'));
  if (option === '--version') {
    yield* process.out('ethtool version 6.15\n');
    return 0;
  }
  if (name === undefined) {
    yield* process.err(
      'ethtool: bad command line argument(s)\nFor more information run ethtool -h\n',
    );
    return 1;
  }
  if (!['', '-i', '-k', '-S'].includes(option)) {
    yield* process.err(`ethtool: not simulated here: ${option}\n`);
    return 1;
  }
  const link = process.kernel.linkByName(process.netns, name);
  if (!link) {
    yield* process.err(
      option === ''
        ? `netlink error: no device matches name (offset 24)\nnetlink error: No such device\nNo data available\n`
        : `Cannot get device ${option === '-i' ? 'driver information' : 'information'}: No such device\n`,
    );
    return option === '' ? 75 : 71;
  }
  const text = describe(process, option, link);
  if (text === undefined) {
    yield* process.err('no stats available\n');
    return 94;
  }
  yield* process.out(text);
  return 0;
}

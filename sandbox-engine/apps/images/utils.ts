// sixeyed/ubuntu-with-utils: Debian bookworm with the tools for looking at networks.

import { commands, essential } from '../debian.ts';
import type { ImageDefinition } from '../image.ts';
import { defaultPath, imageOf, layerOf } from './build.ts';

export const ubuntuWithUtils: ImageDefinition = imageOf({
  name: 'sixeyed/ubuntu-with-utils',
  id: '9c93f5705309b9c79fe3538c294f0167f21c5460178655e97bb1ed760dc9ecd5',
  digest: '7f3e5315e47de810c58857ddec2b73e857741db7abba06c4ca315a7162fd3298',
  ageSeconds: 1_510,
  layers: [
    layerOf('sixeyed/ubuntu-with-utils', {
      diffId: 'c64841792d441920f7ed171b44a0a88a4a2731a88e51f29b541c097bac752ca7',
      size: 140_572_160,
      compressedSize: 55_400_000,
      tree: {
        ...essential,
        ...commands(
          '/usr/bin',
          `curl delv dig free host iperf kill mdig nc nc.openbsd netcat nslookup nstat nsupdate pgrep pidwait ping ping4
           ping6 pkill pmap ps pwdx skill slabtop snice ss tcpdump tload top traceroute uptime vmstat w watch`,
          'bookworm:',
        ),
        ...commands(
          '/usr/sbin',
          `arp bridge brctl genl ifconfig ip ip6tables iptables iptables-legacy iptables-legacy-save iptables-nft
           iptables-restore iptables-save ipmaddr iptunnel mii-tool nameif plipconfig rarp route rtacct rtmon slattach tc
           tipc`,
          'bookworm:',
        ),
        ...commands('/usr/bin', 'netstat apt apt-get apt-cache dpkg', 'bookworm:'),
        '/etc/os-release': `PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
NAME="Debian GNU/Linux"
VERSION_ID="12"
VERSION="12 (bookworm)"
VERSION_CODENAME=bookworm
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`,
        '/etc/debian_version': '12.12\n',
        '/etc/hosts': '',
        '/etc/resolv.conf': '',
      },
    }),
  ],
  config: { Cmd: ['/bin/bash'] },
  steps: [`ENV ${defaultPath}`, 'CMD ["/bin/bash"]'],
});

// What a freshly installed machine of the lab has on its disk: Debian with Docker and the tools for looking at networks.
import type { FileTree } from '../os/index.ts';
import { commands, essential } from './debian.ts';

/** The machines that know each other by name, as the recorded ones did. */
const neighbours: Readonly<Record<string, string>> = {
  manager1: '192.168.56.10',
  worker1: '192.168.56.11',
  worker2: '192.168.56.12',
  worker3: '192.168.56.13',
};

const tools: FileTree = {
  ...commands(
    '/usr/bin',
    `busybox containerd containerd-shim-runc-v2 ctr curl delv dig docker docker-init dpkg file
     free fuser host htop jq kill killall less lsof man mdig mtr nano nc netcat nslookup nsupdate pgrep pidof ping ping4
     ping6 pkill pmap prtstat ps pslog pstree pwdx python3 redis-cli redis-server rsync runc slabtop snice socat ssh
     skill strace tcpdump telnet tload top traceroute traceroute6 tree uptime vi vim vmstat w watch wget which`,
  ),
  ...commands(
    '/usr/sbin',
    `arp arping arptables bridge brctl conntrack depmod docker-proxy dockerd ebtables ethtool getcap ifconfig insmod ip
     ip6tables ip6tables-legacy ip6tables-legacy-restore ip6tables-legacy-save ip6tables-restore ip6tables-save ipmaddr
     ipset iptables iptables-apply iptables-legacy iptables-legacy-restore iptables-legacy-save iptables-nft
     iptables-restore iptables-save iptunnel ipvsadm ipvsadm-restore ipvsadm-save lsmod mii-tool modinfo modprobe nameif
     nft nginx nstat plipconfig poweroff halt rarp reboot rmmod route rtacct rtmon service setcap shutdown slattach ss tc tipc`,
  ),
  ...commands('/usr/bin', 'netstat nstat ss systemctl journalctl hostnamectl ip6tables-apply'),
  '/usr/bin/ip': { program: 'ip' },
};

const osRelease = `PRETTY_NAME="Debian GNU/Linux forky/sid"
NAME="Debian GNU/Linux"
VERSION_CODENAME=forky
ID=debian
HOME_URL="https://www.debian.org/"
SUPPORT_URL="https://www.debian.org/support"
BUG_REPORT_URL="https://bugs.debian.org/"
`;

const bashrc = `# ~/.bashrc: executed by bash(1) for non-login shells.
PS1='\\u@\\h:\\w\\$ '
alias ll='ls -l'
`;

/** What is the same on the disks of all machines: one object, so that it is prepared for look-ups once. */
const hostBase: FileTree = {
  ...essential,
  ...tools,
  '/etc/os-release': { link: '../usr/lib/os-release' },
  '/usr/lib/os-release': osRelease,
  '/etc/debian_version': 'forky/sid\n',
  '/etc/resolv.conf': 'nameserver 192.168.56.1\n',
  '/etc/issue': 'Debian GNU/Linux forky/sid \\n \\l\n\n',
  '/etc/apt/sources.list.d/debian.sources': `Types: deb
URIs: http://mirror.lab/debian
Suites: forky
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`,
  '/etc/docker': { directory: true },
  '/root/.bashrc': bashrc,
  '/root/.profile': '[ -f ~/.bashrc ] && . ~/.bashrc\n',
  '/run/docker/netns': { directory: true },
  '/var/lib/docker/containers': { directory: true },
  '/var/lib/docker/volumes': { directory: true },
};

/** What the labs' first step needs and the recorded machines lacked: tests/golden/README.md, "Known distortions". */
const administration: FileTree = {
  ...commands('/usr/bin', 'apt apt-cache apt-get apt-mark sudo'),
  ...commands('/usr/sbin', 'visudo'),
};

/**
 * The disk of one machine, lowest layer first. `machines`: names and LAN addresses for its /etc/hosts. `recorded`: as the
 * machines of the recordings were, without sudo and apt.
 */
export const hostLayers = (
  name: string,
  machines: Readonly<Record<string, string>> = neighbours,
  recorded = false,
): readonly FileTree[] => [
  hostBase,
  ...(recorded ? [] : [administration]),
  {
    '/etc/hostname': `${name}\n`,
    '/etc/hosts': [
      '127.0.0.1\tlocalhost',
      ...Object.entries(machines).map(([other, address]) => `${address}\t${other}`),
      '',
    ].join('\n'),
  },
];

/** The variables that a login on a lab machine starts with. */
export const hostEnvironment: ReadonlyMap<string, string> = new Map([
  ['PATH', '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  ['HOME', '/root'],
  ['USER', 'root'],
  ['LOGNAME', 'root'],
  ['SHELL', '/bin/bash'],
  ['LANG', 'C.UTF-8'],
  ['TERM', 'xterm'],
]);

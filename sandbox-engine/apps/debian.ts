// What the trees of Debian machines and images have in common: commands as programs, and the files in /etc.
import type { FileNode, FileTree } from '../os/index.ts';

/** Files of programs: `commands('/usr/bin', 'ls cat')`. A flavour (`bookworm:`) stands before the programs' names. */
export function commands(directory: string, names: string, flavour = ''): FileTree {
  return Object.fromEntries(
    names
      .trim()
      .split(/\s+/)
      .map((name): [string, FileNode] => [
        `${directory}/${name}`,
        { program: `${flavour}${name}` },
      ]),
  );
}

/** The essential packages: bash, dash, coreutils, grep, sed, findutils, util-linux, login … */
export const essential: FileTree = {
  ...commands(
    '/usr/bin',
    `[ arch awk b2sum base32 base64 basename bash cat chgrp chmod chown cksum clear cmp comm cp csplit cut date dd df diff
     dir dircolors dirname dmesg du echo egrep env expand expr factor false fgrep find flock fmt fold getent getopt grep
     groups gunzip gzip head hostid hostname id infocmp install ionice join last ln logger login logname ls lsblk lscpu
     lsns mawk md5sum mkdir mkfifo mknod mktemp more mount mountpoint mv namei nice nl nohup nproc nsenter numfmt od
     paste pathchk pinky pr printenv printf ptx pwd readlink realpath renice reset rev rm rmdir script sdiff sed seq
     setpriv setsid sha1sum sha224sum sha256sum sha384sum sha512sum shred shuf sleep sort split stat stdbuf stty su sum
     sync tabs tac tail tar taskset tee test timeout touch tput tr true truncate tset tsort tty umount uname unexpand
     uniq unlink unshare users vdir wall wc whereis which who whoami xargs yes zcat`,
  ),
  ...commands(
    '/usr/sbin',
    'adduser blkid chroot fdisk groupadd ldconfig losetup mkfs mkswap nologin pivot_root swapoff swapon sysctl useradd',
  ),
  '/usr/bin/sh': { program: 'dash' },
  '/usr/bin/dash': { program: 'dash' },
  '/bin': { link: 'usr/bin' },
  '/sbin': { link: 'usr/sbin' },
  '/lib': { link: 'usr/lib' },
  '/usr/lib': { directory: true },
  ...Object.fromEntries(
    'boot dev home media mnt opt proc root run srv sys usr/local/bin usr/local/sbin usr/share var/cache var/lib var/log'
      .split(' ')
      .map((name): [string, FileNode] => [`/${name}`, { directory: true }]),
  ),
  '/tmp': { directory: true, mode: 0o1777 },
  '/var/tmp': { directory: true, mode: 0o1777 },
  '/var/run': { link: '/run' },
  '/var/lock': { link: '/run/lock' },
  '/etc/passwd': `root:x:0:0:root:/root:/bin/bash
daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin
bin:x:2:2:bin:/bin:/usr/sbin/nologin
sys:x:3:3:sys:/dev:/usr/sbin/nologin
www-data:x:33:33:www-data:/var/www:/usr/sbin/nologin
_apt:x:42:65534::/nonexistent:/usr/sbin/nologin
nobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin
`,
  '/etc/group': `root:x:0:
daemon:x:1:
bin:x:2:
sys:x:3:
adm:x:4:
tty:x:5:
www-data:x:33:
nogroup:x:65534:
`,
  '/etc/nsswitch.conf': `passwd:         files
group:          files
shadow:         files

hosts:          files dns
networks:       files
`,
  '/etc/host.conf': 'multi on\n',
  '/etc/shells': '/bin/sh\n/usr/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/dash\n/usr/bin/dash\n',
  '/etc/services': `domain		53/tcp
domain		53/udp
http		80/tcp
https		443/tcp
redis		6379/tcp
`,
};

// The userland of Debian's busybox as files: each applet is a program of that name.
//
// Differs: the real files are links to one binary; here /bin/busybox and the applets are programs by themselves.
import type { FileNode, FileTree } from '../../os/index.ts';

const applets =
  `[ [[ acpid adjtimex ar arch arp arping ascii awk base64 basename bc blkdiscard blkid blockdev brctl bunzip2
busybox bzcat bzip2 cal cat chgrp chmod chown chpasswd chroot chvt clear cmp cp cpio crc32 crontab cttyhack cut date dc dd
deallocvt devmem df diff dirname dmesg dnsdomainname dos2unix du dumpkmap dumpleases echo ed egrep env expand expr factor
fallocate false fatattr fdisk fgrep find findfs fold free freeramdisk fsfreeze fstrim ftpget ftpput getfattr getopt getty
grep groups gunzip gzip halt head hexdump hostid hostname httpd hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer id
ifconfig ifdown ifup init insmod install ionice ip ipcalc ipneigh kill killall klogd last less link linux32 linux64
linuxrc ln loadfont loadkmap logger login logname logread losetup ls lsmod lsscsi lzcat lzma lzop md5sum mdev microcom
mkdir mkdosfs mke2fs mkfifo mknod mkpasswd mkswap mktemp modinfo modprobe more mount mt mv nameif nc netstat nl nologin
nproc nsenter nslookup nuke od openvt partprobe passwd paste patch pidof ping ping6 pivot_root poweroff printf ps pwd
rdate readlink realpath reboot renice reset resume rev rm rmdir rmmod route rpm rpm2cpio run-init run-parts sed seq
setkeycodes setpriv setsid sha1sum sha256sum sha3sum sha512sum shred shuf sleep sort ssl_client start-stop-daemon stat
strings stty su sulogin svc svok swapoff swapon switch_root sync sysctl syslogd tac tail tar taskset tc tee telnet test
tftp time timeout top touch tr traceroute traceroute6 true truncate ts tty tunctl ubirename udhcpc udhcpd uevent umount
uname uncompress unexpand uniq unix2dos unlink unlzma unlzop unshare unxz unzip uptime usleep uudecode uuencode vconfig
vi w watch watchdog wc wget which who whoami xargs xxd xz xzcat yes zcat`.split(/\s+/);

const passwd = `root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/:/sbin/nologin
nginx:x:101:101:nginx:/var/cache/nginx:/sbin/nologin
redis:x:999:999::/data:/sbin/nologin
`;

const group = `root:x:0:
nobody:x:65534:
nginx:x:101:
redis:x:999:
`;

const directories =
  'bin sbin usr/bin usr/sbin etc dev proc sys tmp root var/run var/log run home mnt opt srv media lib';

/** A root with busybox for everything: what alpine, busybox and the images built on them start from. */
export const busyboxTree: FileTree = {
  ...Object.fromEntries(
    directories
      .split(' ')
      .map((name): [string, FileNode] => [
        `/${name}`,
        name === 'tmp' ? { directory: true, mode: 0o1777 } : { directory: true },
      ]),
  ),
  ...Object.fromEntries(
    applets.map((name): [string, FileNode] => [`/bin/${name}`, { program: `busybox:${name}` }]),
  ),
  '/bin/busybox': { program: 'busybox' },
  '/bin/sh': { program: 'ash' },
  '/bin/ash': { program: 'ash' },
  '/etc/passwd': passwd,
  '/etc/group': group,
  '/etc/hosts': '',
  '/etc/resolv.conf': '',
};

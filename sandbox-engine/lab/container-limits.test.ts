// What a container may do and how much it may have: capabilities, resource limits, kernel parameters, mounts.
import { expect, it } from 'vitest';
import { createLab } from './index.ts';

const lab = createLab({ seed: 1, scenario: 'nodes' });
const does = (command: string): string => {
  const { stdout, stderr } = lab.exec('manager1', command);
  return `${stdout}${stderr}`;
};
const docker = 'docker: Error response from daemon:';
const hint = "\n\nRun 'docker run --help' for more information\n";

const files = (soft: number, hard: number): string =>
  `Max open files            ${String(soft).padEnd(20)} ${String(hard).padEnd(20)} files     \n`;

it.each([
  ['', 'true', 65_536, 65_536],
  ['--ulimit nofile=1234:2345', 'true', 1234, 2345],
  ['--ulimit nofile=1234:2345', 'ulimit -n 2000', 2000, 2000],
  ['--ulimit nofile=1234:2345', 'ulimit -Sn 2000', 2000, 2345],
])('with %s, after %s, so many files may be open: %i, %i', (flag, first, soft, hard) => {
  const script = `${first}; ulimit -n; ulimit -Hn; grep 'open files' /proc/self/limits`;
  expect(does(`docker run --rm ${flag} busybox sh -c "${script}"`)).toBe(
    `${soft}\n${hard}\n${files(soft, hard)}`,
  );
});

const refused = 'ip: RTNETLINK answers: Operation not permitted\n';
const allowed = '1.2.3.0/24 dev eth0 scope link \n';

it.each([
  ['', refused],
  ['--cap-add NET_ADMIN', allowed],
  ['--cap-add ALL --cap-drop net_admin', refused],
  ['--cap-add ALL --cap-drop ALL', allowed],
  ['--cap-add NET_ADMIN --cap-drop ALL', allowed],
  ['--privileged', allowed],
])('with %s a container may or may not set routes', (flags, printed) => {
  const script = 'ip route add 1.2.3.0/24 dev eth0 && ip route show 1.2.3.0/24';
  expect(does(`docker run --rm ${flags} busybox sh -c '${script}'`)).toBe(printed);
});

it('docker exec --privileged may do everything', () => {
  does('docker run -d --name c1 busybox sleep 1000');
  const add = 'c1 ip route add 1.2.3.0/24 dev eth0';
  expect(does(`docker exec ${add}`)).toBe(refused);
  expect(does(`docker exec --privileged ${add}`)).toBe('');
});

const runc =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed';

it.each([
  [
    '--net host --sysctl net.core.somaxconn=1',
    'sysctl "net.core.somaxconn" not allowed in host network namespace',
  ],
  [
    '--ulimit nofile=2000000',
    'unable to start container process: error setting rlimits for ready process: error setting rlimit type 7: operation not permitted',
  ],
])('runc refuses %s', (flags, message) => {
  expect(does(`docker run --rm ${flags} busybox true`)).toBe(
    `${docker} ${runc}: ${message}${hint}`,
  );
});

it('--volumes-from shows the mounts of another container, read-only where it says so', () => {
  does('docker run -d --name v1 -v vol:/v busybox sleep 1000');
  const touch = (from: string) => does(`docker run --rm --volumes-from ${from} busybox touch /v/a`);
  expect(touch('v1:ro')).toBe('touch: /v/a: Read-only file system\n');
  expect(touch('v1')).toBe('');
  expect(touch('v1:foo')).toBe(`${docker} invalid mode: foo${hint}`);
});

it.each([
  ['--tmpfs /t', 'rw,nosuid,nodev,noexec,relatime', '1777'],
  ['--tmpfs /t:size=1m,mode=700,exec', 'rw,nosuid,nodev,relatime,size=1024k,mode=700', '700'],
  [
    '--mount type=tmpfs,target=/t,tmpfs-size=1m,tmpfs-mode=1770',
    'rw,nosuid,nodev,noexec,relatime,size=1024k,mode=1770',
    '1770',
  ],
])('%s', (flags, options, mode) => {
  const look = "grep ' /t ' /proc/mounts; stat -c %a /t";
  expect(does(`docker run --rm ${flags} busybox sh -c "${look}"`)).toBe(
    `tmpfs /t tmpfs ${options} 0 0\n${mode}\n`,
  );
});

it('a volume that is not to be filled from the image stays empty, and a new one has the options of its driver', () => {
  const volume = (flags: string) =>
    does(`docker run --rm ${flags} nginx:alpine ls /etc/nginx/conf.d; docker volume rm v9`);
  const mount = '--mount type=volume,src=v9,dst=/etc/nginx/conf.d';
  expect(volume('-v v9:/etc/nginx/conf.d')).toBe('default.conf\nv9\n');
  expect(volume('-v v9:/etc/nginx/conf.d:nocopy')).toBe('v9\n');
  expect(volume(`${mount},volume-nocopy`)).toBe('v9\n');
  const options = "docker volume inspect -f '{{json .Options}}' v9";
  expect(
    does(
      `docker run --rm ${mount},volume-opt=type=tmpfs,volume-opt=device=tmpfs nginx:alpine true; ${options}`,
    ),
  ).toBe('{"device":"tmpfs","type":"tmpfs"}\n');
});

it('what the kernel cannot do is warned of, but not where it was not asked', () => {
  const warning =
    'WARNING: Your kernel does not support swap limit capabilities or the cgroup is not mounted. Memory limited without swap.\n';
  expect(does('docker run --rm -m 64m busybox true')).toBe(warning);
  expect(does('docker run --rm -m 64m --memory-swap -1 busybox true')).toBe('');
  expect(does('docker run --rm --oom-kill-disable busybox true')).toBe(
    'WARNING: Your kernel does not support OomKillDisable. OomKillDisable discarded.\n',
  );
});

it('with --init it is docker-init that cannot start a command', () => {
  const started = (command: string) => {
    const { stderr, exit } = lab.exec('manager1', `docker run --rm --init busybox ${command}`);
    return `${stderr}${exit}`;
  };
  expect(started('nosuch')).toBe(
    '[FATAL tini (7)] exec nosuch failed: No such file or directory\n127',
  );
  expect(started('/etc')).toBe('[FATAL tini (7)] exec /etc failed: Permission denied\n126');
});

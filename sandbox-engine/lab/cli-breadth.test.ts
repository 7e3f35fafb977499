// Flags of the swarm's commands that are easily taken and forgotten.
import { expect, it } from 'vitest';
import { swarmWorld as world } from './testing.ts';

it('service update edits lists as docker does: sorted, without doubles, what is removed first', () => {
  const it_ = world();
  const does = (command: string) => it_.does('manager1', command);
  does(
    'docker service create -d --name a --group 9 --host h:1.1.1.1 --dns 9.9.9.9 --ulimit nofile=5 --mount type=volume,source=vol,target=/v --health-cmd true alpine sleep 1000',
  );
  const update =
    'docker service update -d --group-add 5 --group-add 5 --host-add k:2.2.2.2 --host-add k:2.2.2.2 --host-rm h --dns-add 8.8.8.8 --ulimit-rm nofile --ulimit-add nproc=7:9 --mount-add type=tmpfs,target=/t --oom-score-adj 7 --no-healthcheck a';
  expect(does(update)).toBe('a\n');
  const spec = (field: string) =>
    does(
      `docker service inspect a --format '{{json .Spec.TaskTemplate.ContainerSpec.${field}}}'`,
    ).trim();
  expect(spec('Groups')).toBe('["5","9"]');
  expect(spec('Hosts')).toBe('["2.2.2.2 k"]');
  expect(spec('DNSConfig')).toBe('{"Nameservers":["8.8.8.8","9.9.9.9"]}');
  expect(spec('Ulimits')).toBe('[{"Name":"nproc","Hard":9,"Soft":7}]');
  expect(spec('Mounts')).toBe(
    '[{"Type":"tmpfs","Target":"/t"},{"Type":"volume","Source":"vol","Target":"/v"}]',
  );
  expect(spec('Healthcheck')).toBe('{"Test":["NONE"]}');
  expect(does('docker service update -d --health-interval 3s --log-driver "" a')).toBe('a\n');
  expect(spec('Healthcheck')).toBe('{"Interval":3000000000}');
  it_.run(30);
  const node = does('docker service ps a --filter desired-state=running --format {{.Node}}').trim();
  const container = '$(docker ps -q --filter name=a.1)';
  expect(it_.does(node, `docker inspect ${container} --format '{{.HostConfig.OomScoreAdj}}'`)).toBe(
    '7\n',
  );
  expect(it_.does(node, `docker exec ${container} mount`)).toContain(
    'tmpfs on /t type tmpfs (rw,nosuid,nodev,noexec,relatime)\n',
  );
});

it('times of nothing are not the same as none said (087:45, 087:53)', () => {
  const it_ = world();
  const does = (command: string) => it_.does('manager1', command);
  does('docker service create -d --name a --replicas 0 --restart-window 10s alpine');
  const shown = () =>
    does(
      "docker service inspect a --format '{{json .Spec.TaskTemplate.ContainerSpec.StopGracePeriod}} {{json .Spec.TaskTemplate.RestartPolicy.Window}}'",
    );
  expect(shown()).toBe('10000000000 10000000000\n');
  does('docker service update -d --stop-grace-period 0 --restart-window 0 a');
  expect(shown()).toBe('0 0\n');
  expect(does('docker service create -d --env "" alpine 2>&1 | head -1')).toBe(
    'invalid argument "" for "-e, --env" flag: invalid environment variable: \n',
  );
});

it('what is wrong with a swarm network the daemon says before the swarm is asked; ports need ingress (088)', () => {
  const it_ = world();
  const does = (command: string) => it_.does('manager1', `${command} 2>&1`);
  const create = 'docker network create -d overlay';
  const refused = 'Error response from daemon: ';
  expect(does(`${create} --ipv4=false n`)).toBe(
    `${refused}IPv4 cannot be disabled in a Swarm scoped network\n`,
  );
  expect(does(`${create} --subnet 10.82.0.0/33 n`)).toBe(
    `${refused}invalid network config:\ninvalid subnet 10.82.0.0/33: invalid CIDR block notation\n`,
  );
  expect(does('docker network create -d macvlan --scope swarm --config-from nosuch n')).toBe(
    `${refused}configuration network "nosuch" does not exist\n`,
  );
  expect(does(`${create} --ipam-driver foo n`)).toBe(
    `${refused}rpc error: code = InvalidArgument desc = error during lookup of plugin foo\n`,
  );
  does('docker service create -d --name w -p 80 --replicas 0 nginx:alpine; docker service rm w');
  does('yes | docker network rm ingress');
  it_.run(5);
  expect(does('docker service create -d --name w -p 80 nginx:alpine')).toBe(
    `${refused}rpc error: code = FailedPrecondition desc = service needs ingress network, but no ingress network is present\n`,
  );
});

it('an ingress network made anew comes to a node with its first task or its next change (088:86-98)', () => {
  const it_ = world();
  const does = (node: string, command: string) => it_.does(node, `${command} 2>&1`);
  does('manager1', 'yes | docker network rm ingress');
  it_.run(3);
  does('manager1', 'docker network create -d overlay --ingress mesh');
  does(
    'manager1',
    'docker service create -d --name w -p 8080:80 --constraint node.hostname==worker2 nginx:alpine',
  );
  it_.run(10);
  const files = (node: string) => does(node, 'ls /var/run/docker/netns | grep -c sbox');
  expect(['manager1', 'worker1', 'worker2', 'worker3'].map(files).join('')).toBe('0\n0\n1\n0\n');
  const containers =
    "docker network inspect mesh -f '{{range $id, $_ := .Containers}}{{$id}} {{end}}'";
  expect(does('worker2', containers)).toContain('mesh-sbox');
  does('manager1', 'docker node update --label-add a=b worker3');
  it_.run(4);
  expect(files('worker3')).toBe('1\n');
});

it('a running container is not attached twice to a network of the swarm (088:57)', () => {
  const it_ = world();
  const does = (command: string) => it_.does('manager1', `${command} 2>&1`);
  does(
    'docker network create -d overlay --attachable net; docker run -d --name p1 --network net alpine sleep 99',
  );
  expect(does('docker network connect net p1')).toBe(
    'Error response from daemon: p1 is already attached to network net\n',
  );
});

it('a node that is demoted on its way into raft does not take the quorum with it', () => {
  const it_ = world();
  it_.does('manager1', 'docker node promote worker1; sleep 0.1; docker node demote worker1');
  it_.run(15);
  expect(it_.does('manager1', "docker node ls --format '{{.Hostname}} {{.ManagerStatus}}'")).toBe(
    'manager1 Leader\nworker1 \nworker2 \nworker3 \n',
  );
});

it('a job that is run again keeps what has ended in its history', () => {
  const it_ = world();
  it_.does('manager1', 'docker service create -d --name j --mode replicated-job alpine true');
  it_.run(10);
  it_.does('manager1', 'docker service update -d --force j');
  it_.run(10);
  expect(it_.does('manager1', "docker service ps j --format '{{.CurrentState}}'")).toMatch(
    /^Complete .*\nComplete .*\n$/,
  );
});

it('what cannot be had is refused plainly', () => {
  const it_ = world();
  const refused = 'docker: not simulated here: a certificate authority of your own\n';
  for (const command of ['swarm update', 'swarm ca --rotate'])
    expect(
      it_.does('manager1', `docker ${command} --external-ca protocol=cfssl,url=https://x 2>&1`),
    ).toBe(refused);
  expect(it_.does('manager1', 'docker build /root 2>&1')).toContain(
    'failed to read dockerfile: open Dockerfile: no such file or directory\n',
  );
});

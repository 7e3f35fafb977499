// Secrets and configs, as the containers of tasks see them.
import { expect, it } from 'vitest';
import { micros, seconds } from '../sim/index.ts';
import { createLab } from './index.ts';

it('configs with a template driver are filled in for each task; files have the owner that was asked for', () => {
  const lab = createLab({ seed: 3, scenario: 'swarm' });
  const run = (command: string) => lab.start('manager1', command, {}).finish();
  run('echo -n pw | docker secret create s -');
  const template =
    '{{.Service.Name}} {{.Task.Slot}} {{env \\"A\\"}} {{secret \\"s\\"}} {{.Node.Hostname}}';
  run(`echo -n "${template}" | docker config create --template-driver golang c -`);
  run(`echo -n "${template}" | docker config create plain -`);
  run(
    'docker service create -d --name w --constraint node.role==manager --secret s --env A=1 --config source=c,target=/c,uid=33,gid=44,mode=0400 --config plain alpine sleep 1000',
  );
  lab.sim.runUntil(micros(lab.sim.now() + seconds(8)));
  const inside = (command: string) =>
    run(`docker exec $(docker ps -q --filter name=w.1) ${command}`).stdout;
  expect(inside('cat /c')).toBe('w 1 1 pw manager1');
  expect(inside('cat /plain')).toBe(template.replaceAll('\\', ''));
  expect(inside('ls -ln /c')).toMatch(/^-r-------- {4}1 33 {7}44 {14}17 /);
  expect(inside('mount').match(/^.*\(ro,relatime\)$/gm)).toEqual([
    'tmpfs on /c type tmpfs (ro,relatime)',
    'tmpfs on /plain type tmpfs (ro,relatime)',
    'tmpfs on /run/secrets/s type tmpfs (ro,relatime)',
  ]);
  for (const path of ['/c', '/plain', '/run/secrets/s'])
    expect(
      run(`docker exec $(docker ps -q --filter name=w.1) sh -c 'echo x > ${path}'`),
    ).toMatchObject({
      stderr: `sh: can't create ${path}: Read-only file system\n`,
      exit: 1,
    });
});

it('two secrets in one place are refused', () => {
  const lab = createLab({ seed: 3, scenario: 'swarm' });
  const run = (command: string) => lab.start('manager1', command, {}).finish();
  run('echo -n 1 | docker secret create a -; echo -n 2 | docker secret create b -');
  run('docker service create -d --name w --secret source=a,target=x alpine sleep 1000');
  expect(run('docker service update -d --secret-add source=b,target=x w').stderr).toBe(
    "Error response from daemon: rpc error: code = InvalidArgument desc = secret references 'a' and 'b' have a conflicting target: 'x'\n",
  );
});

it('templates are tried when a service is made, those in configs when a task starts; a file cannot stand on a directory', () => {
  const lab = createLab({ seed: 3, scenario: 'swarm' });
  const run = (command: string) => lab.start('manager1', command, {}).finish();
  const refused = 'Error response from daemon: rpc error: code = InvalidArgument desc =';
  const nope = (type: string) =>
    `template: expansion:1:2: executing "expansion" at <.Nope>: can't evaluate field Nope in type *template.${type}`;
  expect(run("docker service create -d --hostname '{{.Nope}}' alpine true").stderr).toBe(
    `${refused} expanding hostname failed: ${nope('Context')}\n`,
  );
  expect(run("docker service create -d --env 'A={{.Nope}}' alpine true").stderr).toBe(
    `${refused} expanding env failed: expanding env "A={{.Nope}}": ${nope('Context')}\n`,
  );
  expect(run("docker service create -d --env 'A={{json .Task}}' alpine true").stderr).toBe(
    `${refused} expanding env failed: expanding env "A={{json .Task}}": template: expansion:1: function "json" not defined\n`,
  );
  run("echo -n '{{.Nope}}' | docker config create --template-driver golang bad -");
  run('echo -n x | docker config create good -');
  run('docker service create -d --name w --restart-condition none --config bad alpine sleep 1000');
  run(
    'docker service create -d --name d --restart-condition none --config source=good,target=/etc alpine sleep 1000',
  );
  lab.sim.runUntil(micros(lab.sim.now() + seconds(12)));
  const error = (service: string) =>
    run(`docker service ps ${service} --no-trunc --format '{{.CurrentState}} {{.Error}}'`).stdout;
  expect(error('w')).toMatch(
    /^Failed .* "starting container failed: unable to get config from config store: failed to expand templated config \w{25}: /,
  );
  expect(error('w')).toContain(nope('PayloadContext'));
  expect(error('d')).toMatch(
    /^Failed .* "starting container failed: .* to rootfs at "\/etc": mount src=.* not a directory: /,
  );
});

// Who the processes of hosts and containers are.
import { expect, it } from 'vitest';
import { createLab } from './index.ts';

it('id and whoami know the names of /etc/passwd and /etc/group, and the groups that were asked for', () => {
  const lab = createLab({ seed: 3, scenario: 'swarm' });
  const run = (command: string) => lab.start('manager1', command, {}).finish();
  expect(run('id; whoami').stdout).toBe('uid=0(root) gid=0(root) groups=0(root)\nroot\n');
  expect(run('docker run --rm -u nobody alpine id').stdout).toBe(
    'uid=65534(nobody) gid=65534(nobody) groups=65534(nobody)\n',
  );
  const asked = run(
    "docker run --rm -u 5000:6 --group-add redis --group-add 7 alpine sh -c 'id; id -G; id -un; whoami; id nosuch'",
  );
  expect(asked.stdout).toBe('uid=5000 gid=6 groups=6,999(redis),7\n6 999 7\n5000\n');
  expect(asked.stderr).toBe('whoami: unknown uid 5000\nid: unknown user nosuch\n');
  expect(run('docker run --rm --group-add nosuch alpine id').stderr).toContain(
    'unable to find group nosuch: no matching entries in group file',
  );
});

// The whole world, driven as the page drives it.
import { describe, expect, it } from 'vitest';
import type { ChangesView, LabDefinition } from '../protocol/index.ts';
import { micros, seconds } from '../sim/index.ts';
import type { Lab, LabOptions } from './api.ts';
import { createLab, replayed } from './index.ts';

const swarm: LabOptions = { seed: 3, scenario: 'swarm' };

/** Types a line and runs until the terminal's next prompt; answers what was shown in between, and the status. */
function type(
  lab: Lab,
  terminal: string,
  line: string,
  patience = 60,
): { text: string; status: number } {
  lab.terminal(terminal);
  settle(lab);
  lab.input({ do: 'run', terminal, line });
  let text = '';
  const deadline = lab.sim.now() + seconds(patience);
  for (;;) {
    for (const item of lab.takeOutput()) {
      if (item.kind === 'text') text += item.text;
      else if (item.terminal === terminal) return { text, status: item.status };
    }
    const next = lab.sim.nextAt();
    if (next === undefined || next > deadline) return { text, status: -1 };
    lab.sim.runNext();
  }
}

function settle(lab: Lab): void {
  lab.sim.runUntil(micros(lab.sim.now() + seconds(0.5)));
  lab.takeOutput();
}

const story = [
  ['manager1', 'docker network create -d bridge br'],
  ['manager1', 'docker run -itd --net br --name c1 alpine sh'],
  ['manager1', 'docker exec c1 ping -c 2 www.docker.com'],
  ['worker1', 'docker run -d --name web -p 8080:80 nginx:alpine'],
  ['manager1', 'curl -s http://192.168.56.11:8080/ | head -n 4'],
  ['manager1', 'docker rm -f c1; docker network rm br'],
] as const;

const play = (lab: Lab): string =>
  story.map(([terminal, line]) => JSON.stringify(type(lab, terminal, line))).join('\n');

describe('a lab', () => {
  it('gives the same bytes for the same seed and inputs', () => {
    expect(play(createLab(swarm))).toBe(play(createLab(swarm)));
  });

  it('gives other ids for another seed', () => {
    const ids = (seed: number) =>
      createLab({ ...swarm, seed }).exec('manager1', 'docker network ls -q').stdout;
    expect(ids(1)).not.toBe(ids(2));
  });

  it('comes back to the same state from its input log', () => {
    const lab = createLab(swarm);
    play(lab);
    const copy = replayed(swarm, lab.session().inputs, lab.sim.now());
    const look = (one: Lab) => [
      one.exec('worker1', 'docker ps -a; ip addr; iptables-save; ps -ef').stdout,
      JSON.stringify(one.view('lan', {})),
      JSON.stringify(one.view('host', { host: 'worker1' })),
    ];
    expect(look(copy)).toEqual(look(lab));
  });

  it('types into the shell that a command has opened', () => {
    const lab = createLab(swarm);
    type(lab, 'manager1', 'docker run -itd --name c1 alpine sh');
    type(lab, 'manager1', 'docker exec -it c1 sh');
    expect(type(lab, 'manager1', 'hostname -i').text).toContain('172.17.0.2');
    expect(type(lab, 'manager1', 'false').status).toBe(1);
    expect(type(lab, 'manager1', 'exit 3').status).toBe(3);
    expect(type(lab, 'manager1', 'hostname').text).toContain('manager1');
  });
});

describe('bad input', () => {
  const lab = createLab(swarm);
  it('says what cannot be parsed, and goes on', () => {
    const bad = type(lab, 'manager1', 'echo )');
    expect(bad.text).toContain('syntax error near unexpected token');
    expect(bad.status).toBe(2);
    expect(type(lab, 'manager1', 'echo fine').text).toContain('fine');
  });

  it('stops a runaway loop, and other terminals go on meanwhile', () => {
    lab.terminal('worker2');
    settle(lab);
    lab.input({ do: 'run', terminal: 'manager1', line: 'while :; do :; done' });
    expect(type(lab, 'worker2', 'hostname').text).toContain('worker2');
    lab.input({ do: 'input', terminal: 'manager1', text: '\x03' });
    settle(lab);
    expect(type(lab, 'manager1', 'echo alive').text).toContain('alive');
  });

  it('stops output without end', () => {
    const endless = type(lab, 'worker3', 'yes');
    expect(endless.text.length).toBeLessThan(1_500_000);
    expect(endless.text).toMatch(/1000000|1,000,000/);
    expect(endless.status).not.toBe(0);
    expect(type(lab, 'worker3', 'echo alive').text).toContain('alive');
  });

  it('takes 10,000 characters at once', () => {
    const long = `echo ${'x'.repeat(10_000)} | wc -c`;
    expect(type(lab, 'manager1', long).text).toContain('10001');
  });

  it('interrupts ping with Ctrl-C, which prints its statistics', () => {
    lab.input({ do: 'run', terminal: 'manager1', line: 'ping worker1' });
    lab.sim.runUntil(micros(lab.sim.now() + seconds(2.5)));
    lab.input({ do: 'input', terminal: 'manager1', text: '\x03' });
    settle(lab);
    const after = type(lab, 'manager1', 'echo $?');
    expect(after.text).toContain('0');
  });
});

describe('checks and values', () => {
  const definition: LabDefinition = {
    id: 'test',
    order: 0,
    minutes: 1,
    scenario: 'swarm',
    seed: 3,
    values: {
      'c1.ip': {
        of: 'container',
        container: 'c1',
        host: 'manager1',
        field: 'address',
        network: 'br',
      },
    },
    steps: [
      {
        id: 'run',
        host: 'manager1',
        command: 'docker run -itd --net br --name c1 alpine sh',
        check: [
          { kind: 'container', container: 'c1', host: 'manager1', state: 'running', network: 'br' },
        ],
        after: [],
        lines: [],
      },
    ],
    predictions: [
      {
        id: 'reach',
        before: 'run',
        options: [
          { id: 'yes', holds: [{ kind: 'reachable', to: '{{c1.ip}}', from: 'worker1' }] },
          { id: 'no', holds: [{ kind: 'reachable', to: '{{c1.ip}}', from: 'worker1', not: true }] },
        ],
      },
    ],
    tries: [{ id: 'both', check: [{ kind: 'reachable', to: '{{c1.ip}}', from: 'manager1' }] }],
  };

  const c1 = { kind: 'container', container: 'c1', host: 'manager1' };
  const unreached = {
    kind: 'reaches',
    from: { host: 'worker1' },
    to: '172.19.0.2',
    reaches: false,
  };

  it('follow the state', () => {
    const lab = createLab({ ...swarm, definition });
    expect(lab.view('values', {})).toEqual({});
    expect(lab.view('checks', {})).toEqual({
      run: { holds: false, found: [{ ...c1, there: false }] },
    });
    type(lab, 'manager1', 'docker network create br');
    type(lab, 'manager1', 'docker run -itd --net br --name c1 alpine sh');
    expect(lab.view('values', {})).toEqual({ 'c1.ip': '172.19.0.2' });
    expect(lab.view('checks', {})).toEqual({
      run: { holds: true, found: [{ ...c1, there: true, state: 'running' }] },
    });
  });

  it('judge reachability in a copy, which leaves no trace', () => {
    const lab = createLab({ ...swarm, definition });
    type(lab, 'manager1', 'docker network create br');
    type(lab, 'manager1', 'docker run -itd --net br --name c1 alpine sh');
    const before = lab.sim.journal.revision;
    expect(lab.ask({ about: 'prediction', lab: 'test', prediction: 'reach' })).toEqual({
      yes: { holds: false, found: [unreached] },
      no: { holds: true, found: [unreached] },
    });
    expect(lab.ask({ about: 'try', lab: 'test', try: 'both' })).toEqual({
      holds: true,
      found: [{ ...unreached, from: { host: 'manager1' }, reaches: true }],
    });
    expect(lab.sim.journal.revision).toBe(before);
  });

  it('list what a command changed below, in the words of the tools', () => {
    const lab = createLab(swarm);
    type(lab, 'manager1', 'docker network create br');
    const changes = lab.view('changes', {}) as {
      entries: { kind: string; change: string; text: string }[];
    };
    const texts = changes.entries.map((entry) => `${entry.change} ${entry.kind} ${entry.text}`);
    expect(texts).toContainEqual(
      expect.stringMatching(/^added interface \d+: br-[0-9a-f]{12} \(bridge/),
    );
    expect(texts).toContainEqual(expect.stringMatching(/^added address 172\.19\.0\.1\/16 dev br-/));
    expect(texts).toContainEqual(
      expect.stringMatching(/^added rule -t nat -A POSTROUTING -s 172\.19\.0\.0\/16/),
    );
    expect(texts).toContain('added network br (bridge, 172.19.0.0/16)');
  });

  it('list the files that a command wrote, new, changed and gone, but not what the engine writes for itself', () => {
    const lab = createLab(swarm);
    const files = (line: string) => {
      type(lab, 'manager1', line);
      const { entries } = lab.view('changes', {}) as ChangesView;
      return entries.map(({ host, namespace, kind, change, text }) =>
        [host, namespace, kind, change, text].filter(Boolean).join(' '),
      );
    };
    expect(files('echo one > note.txt; ln -s note.txt link')).toEqual([
      'manager1 file added /root/note.txt',
      'manager1 file added /root/link -> note.txt',
    ]);
    expect(files('echo two > note.txt; echo x >> /etc/hosts')).toEqual([
      'manager1 file changed /root/note.txt',
      'manager1 file changed /etc/hosts',
    ]);
    expect(files('cat note.txt')).toEqual([]);
    expect(files('rm note.txt /etc/hostname')).toEqual([
      'manager1 file removed /root/note.txt',
      'manager1 file removed /etc/hostname',
    ]);
    expect(
      files('docker run --name c1 alpine touch /tmp/mark').filter((line) =>
        line.includes(' file '),
      ),
    ).toEqual(['manager1 c1 file added /tmp/mark']);
    files('docker run -d --name c2 alpine sleep 1000');
    expect(files("docker exec c2 sh -c 'echo x >> /etc/passwd; rm /etc/group'")).toEqual([
      'manager1 c2 file changed /etc/passwd',
      'manager1 c2 file removed /etc/group',
    ]);
  });

  it('list what has changed since a step began, also after other commands', () => {
    const lab = createLab(swarm);
    lab.input({ do: 'run', terminal: 'manager1', line: 'docker network create br', step: 'make' });
    lab.sim.runUntil(micros(lab.sim.now() + 2e6));
    type(lab, 'manager1', 'docker network ls');
    const of = (parameters: Record<string, string>) => {
      const { step, command, entries } = lab.view('changes', parameters) as ChangesView;
      return [step, command, entries.some(({ kind }) => kind === 'network')];
    };
    expect(of({ step: 'make' })).toEqual(['make', 'docker network create br', true]);
    expect(of({})).toEqual([undefined, 'docker network ls', false]);
    expect(of({ step: 'other' })).toEqual([undefined, '', false]);
  });

  it('open a page from outside the swarm, and say who answered', () => {
    const lab = createLab(swarm);
    type(lab, 'manager1', 'docker run -d --name web1 -p 8000:80 nginx:alpine');
    const page = lab.ask({ about: 'browse', url: 'http://manager1:8000/' });
    expect(page).toMatchObject({
      status: 200,
      entered: 'manager1',
      served: { host: 'manager1', container: 'web1' },
    });
    expect(lab.ask({ about: 'browse', url: 'http://worker1:8000/' })).toMatchObject({
      status: 0,
      entered: 'worker1',
    });
  });
});

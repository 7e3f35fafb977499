import { describe, expect, it } from 'vitest';
import type { ChangesView, LanView, MachinesView, SwarmView } from '../protocol/index.ts';
import { replayed } from './index.ts';
import { swarmWorld as world } from './testing.ts';

type World = ReturnType<typeof world>;

const hand = ({ lab }: World, host: string, action: 'powerOff' | 'powerOn' | 'unplug' | 'plug') =>
  lab.input({ do: 'machine', host, action });
const machine = ({ lab }: World, host: string) =>
  (lab.view('machines', {}) as MachinesView).machines.find((one) => one.host === host);
const drawn = ({ lab }: World, host: string) =>
  (lab.view('swarm', {}) as SwarmView).hosts.find(({ name }) => name === host);

describe('a hand on a machine', () => {
  it('switches it off and on, and the drawings say how it stands', () => {
    const w = world();
    expect(drawn(w, 'worker2')?.cut).toBeUndefined();
    hand(w, 'worker2', 'powerOff');
    expect(machine(w, 'worker2')).toEqual({
      host: 'worker2',
      power: 'off',
      plugged: true,
      node: 'ready',
    });
    expect(drawn(w, 'worker2')?.cut).toBe('off');
    const stamp = w.lab.stamp();
    hand(w, 'worker2', 'powerOn');
    expect(w.lab.stamp(), 'the views are computed anew').not.toBe(stamp);
    expect(machine(w, 'worker2')?.power).toBe('booting');
    expect(drawn(w, 'worker2')?.cut).toBe('booting');
    w.run(20);
    expect(machine(w, 'worker2')?.power).toBe('on');
    expect(drawn(w, 'worker2')).toMatchObject({ node: { state: 'ready' } });
  });

  it('pulls a cable: the node is Down though its machine runs on, and Ready when it is plugged in', () => {
    const w = world();
    w.does('manager1', 'docker service create -d --name web --replicas 4 nginx:alpine');
    w.run(10);
    hand(w, 'worker2', 'unplug');
    w.run(20);
    expect(drawn(w, 'worker2')).toMatchObject({ cut: 'unplugged', node: { state: 'down' } });
    expect(w.does('worker2', "docker ps --format '{{.State}}'")).toBe('running\n');
    expect(w.does('worker2', 'ping -c 1 -W 1 192.168.56.10')).toContain('100% packet loss');
    hand(w, 'worker2', 'plug');
    w.run(20);
    expect(drawn(w, 'worker2')?.cut).toBeUndefined();
    expect(drawn(w, 'worker2')).toMatchObject({ node: { state: 'ready' } });
  });

  it('leaves the cable as it was when the machine boots', () => {
    const w = world();
    hand(w, 'worker1', 'powerOff');
    hand(w, 'worker1', 'unplug');
    hand(w, 'worker1', 'powerOn');
    w.run(15);
    expect(machine(w, 'worker1')).toMatchObject({ power: 'on', plugged: false });
    expect(w.does('worker1', 'ip -br link show eth0')).toMatch(/^eth0 +DOWN .*NO-CARRIER/);
    hand(w, 'worker1', 'plug');
    w.run(1);
    expect(w.does('worker1', 'ip -br link show eth0')).toContain(',LOWER_UP>');
  });

  it('a manager that is off stays one in the drawings', () => {
    const w = world();
    hand(w, 'manager1', 'powerOff');
    expect(drawn(w, 'manager1')).toMatchObject({ role: 'manager', cut: 'off' });
    const lan = w.lab.view('lan', {}) as LanView;
    expect(lan.hosts[0]).toMatchObject({ name: 'manager1', role: 'manager', cut: 'off' });
  });

  it('is among the inputs, so that a session comes to the same state, and its changes are told', () => {
    const w = world();
    hand(w, 'worker3', 'powerOff');
    w.run(20);
    const changes = w.lab.view('changes', {}) as ChangesView;
    expect(changes.hand).toEqual({ host: 'worker3', action: 'powerOff' });
    expect(
      changes.entries.some(({ host, change }) => host === 'worker3' && change === 'removed'),
    ).toBe(true);
    const session = w.lab.session();
    expect(session.inputs).toEqual([
      { at: expect.any(Number), do: 'machine', host: 'worker3', action: 'powerOff' },
    ]);
    const copy = replayed({ seed: 1, scenario: 'swarm' }, session.inputs, w.lab.sim.now());
    expect(copy.view('swarm', {})).toEqual(w.lab.view('swarm', {}));
  });
});

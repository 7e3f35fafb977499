// Published ports: numbers, rules, docker-proxy (golden 001, 033).
import { describe, expect, test } from 'vitest';
import type { NetnsId, SocketId } from '../../kernel/index.ts';
import type { Op } from '../../sim/index.ts';
import { must } from '../../std/index.ts';
import { formatIpv4, type Ipv4, ip } from '../../wire/index.ts';
import {
  containerSpec,
  iptables,
  message,
  run,
  type TestHost,
  testHost,
  testHosts,
  value,
} from '../testing.ts';

describe('published ports', () => {
  /** A server that answers every connection with the same text. */
  function serve(host: TestHost, netns: NetnsId, port: number): void {
    const { sockets } = host.kernel;
    const listener = sockets.tcpListen(netns, { port });
    const socket = listener.ok ? listener.value : ('' as SocketId);
    host.sim.spawn(
      'server',
      (function* (): Op<void> {
        for (;;) {
          const client = sockets.tcpAccept(socket);
          if (client === undefined) yield { keys: [sockets.key(socket)] };
          else {
            sockets.send(
              client,
              `hello ${formatIpv4(must(sockets.get(client), 'client').remoteAddress)}`,
            );
            sockets.close(client);
          }
        }
      })(),
    );
  }

  function fetch(host: TestHost, netns: NetnsId, to: Ipv4, port: number): string {
    const { sockets } = host.kernel;
    const socket = sockets.tcpConnect(netns, { to, port });
    if (!socket.ok) return socket.error;
    run(host, 3);
    const state = sockets.connection(socket.value);
    const got = sockets.receive(socket.value);
    sockets.close(socket.value);
    return got && 'text' in got ? got.text : state;
  }

  const published = (host: string, port: string, containerPort = 80) => ({
    protocol: 'tcp' as const,
    containerPort,
    host: { ip: host, port },
  });

  test('are reached from outside by DNAT, from the host itself through docker-proxy', () => {
    const [host, other] = testHosts(2) as [TestHost, TestHost];
    const web = value(
      host.controller.createSandbox(
        containerSpec('web', ['bridge'], { ports: [published('', '8000')] }),
      ),
    );
    serve(host, web.netns, 80);
    const init = host.kernel.initNetns;
    expect(fetch(other, other.kernel.initNetns, ip('192.168.56.10'), 8000)).toBe(
      'hello 192.168.56.11',
    );
    expect(fetch(host, init, ip('127.0.0.1'), 8000)).toBe('hello 172.17.0.1');
    expect(fetch(host, web.netns, ip('192.168.56.10'), 8000)).toBe('hello 172.17.0.1');
    expect(fetch(other, other.kernel.initNetns, ip('192.168.56.10'), 8001)).toBe('ECONNREFUSED');
    expect([...host.proxies]).toEqual([
      '/usr/sbin/docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8000 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd',
      '/usr/sbin/docker-proxy -proto tcp -host-ip :: -host-port 8000 -container-ip 172.17.0.2 -container-port 80 -use-listen-fd',
    ]);
    expect(iptables(host, 'nat')).toContain(
      '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8000 -j DNAT --to-destination 172.17.0.2:80',
    );
    expect(iptables(host, 'filter')).toContain(
      '-N DOCKER-USER\n-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-FORWARD\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT',
    );
    const before = testHost();
    host.controller.deleteSandbox(web.id);
    expect(host.proxies.size).toBe(0);
    expect(iptables(host, 'nat')).toBe(iptables(before, 'nat'));
    expect(fetch(host, init, ip('127.0.0.1'), 8000)).toBe('ECONNREFUSED');
  });

  test('carry datagrams both ways, each client under a port of its own', () => {
    const host = testHost();
    const ports = [{ protocol: 'udp' as const, containerPort: 53, host: { ip: '', port: '5353' } }];
    const { netns } = value(
      host.controller.createSandbox(containerSpec('dns', ['bridge'], { ports })),
    );
    const { sockets, initNetns } = host.kernel;
    const bind = (where: NetnsId, port?: number): SocketId => {
      const bound = sockets.udpBind(where, port === undefined ? {} : { port });
      if (!bound.ok) throw new Error(bound.error);
      return bound.value;
    };
    const server = bind(netns, 53);
    const clients = [bind(initNetns), bind(initNetns)];
    clients.forEach((client, n) => {
      sockets.udpSend(client, ip('127.0.0.1'), 5353, { kind: 'text', text: `question ${n}` });
    });
    run(host, 1);
    for (let got = sockets.udpReceive(server); got; got = sockets.udpReceive(server)) {
      if ('error' in got || got.payload.kind !== 'text') continue;
      const text = got.payload.text.replace('question', `answer to ${formatIpv4(got.from)}:`);
      sockets.udpSend(server, got.from, got.fromPort, { kind: 'text', text });
    }
    run(host, 1);
    expect(
      clients.map((client) => {
        const got = sockets.udpReceive(client);
        return got && 'payload' in got && got.payload.kind === 'text' ? got.payload.text : got;
      }),
    ).toEqual(['answer to 172.17.0.1: 0', 'answer to 172.17.0.1: 1']);
  });

  test('numbers: fixed, ranges, from 32768 up, and the words when there is none', () => {
    const host = testHost();
    const start = (name: string, ...ports: ReturnType<typeof published>[]) =>
      host.controller.createSandbox(containerSpec(name, ['bridge'], { ports }));
    const boundOf = (name: string): string => {
      const { containerId } = containerSpec(name, []);
      return (host.controller.sandboxOf(containerId)?.ports ?? [])
        .map(({ hostIp, hostPort, containerPort }) => `${hostIp}:${hostPort}->${containerPort}`)
        .join(' ');
    };
    value(start('w1', published('', '8000')));
    const w2 = start('w2', published('', '8000'));
    expect(message(w2)).toMatch(
      /^driver failed programming external connectivity on endpoint w2 \([0-9a-f]{64}\): Bind for :::8000 failed: port is already allocated$/,
    );
    host.kernel.sockets.tcpListen(host.kernel.initNetns, { port: 2377, family: 'any' });
    expect(message(start('w3', published('', '2377')))).toMatch(
      /: failed to bind host port for 0\.0\.0\.0:2377:172\.17\.0\.3:80\/tcp: address already in use$/,
    );
    expect(message(start('w4', published('1.2.3.4', '8002')))).toMatch(
      /: failed to bind host port for 1\.2\.3\.4:8002:172\.17\.0\.3:80\/tcp: cannot assign requested address$/,
    );
    value(start('rng', published('', '8010'), published('', '8011', 81)));
    expect(boundOf('rng')).toBe('0.0.0.0:8010->80 :::8010->80 0.0.0.0:8011->81 :::8011->81');
    value(start('rg2', published('', '8010-8030')));
    expect(boundOf('rg2')).toBe('0.0.0.0:8012->80 :::8012->80');
    value(start('lo', published('127.0.0.1', '8003')));
    expect(boundOf('lo')).toBe('127.0.0.1:8003->80');
    value(start('pub', published('', '')));
    value(start('pub2', published('', '0')));
    expect([boundOf('pub'), boundOf('pub2')]).toEqual([
      '0.0.0.0:32768->80 :::32768->80',
      '0.0.0.0:32769->80 :::32769->80',
    ]);
    const { containerId } = containerSpec('pub', []);
    host.controller.deleteSandbox(must(host.controller.sandboxOf(containerId), 'pub').id);
    value(start('pub3', published('', '')));
    expect(boundOf('pub3')).toBe('0.0.0.0:32770->80 :::32770->80');
  });

  test('follow the default route to another network', () => {
    const host = testHost();
    for (const name of ['n1', 'a0']) value(host.controller.createNetwork({ name }));
    const web = value(
      host.controller.createSandbox(
        containerSpec('web', ['n1'], { ports: [published('0.0.0.0', '8000')] }),
      ),
    );
    expect(iptables(host, 'nat')).toContain('--to-destination 172.18.0.2:80');
    value(host.controller.connect(web.id, { network: 'a0' }));
    expect(iptables(host, 'nat')).toContain('--to-destination 172.19.0.2:80');
    expect(iptables(host, 'nat')).not.toContain('--to-destination 172.18.0.2:80');
  });
});

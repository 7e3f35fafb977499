import { describe, expect, it } from 'vitest';
import { type Op, seconds, sleep } from '../sim/index.ts';
import { cidr, frameLength, ip, type TcpSegment } from '../wire/index.ts';
import type { Kernel } from './kernel-api.ts';
import type { SocketId } from './rows.ts';
import {
  bridge,
  connect,
  container,
  mustLink,
  mustOk,
  readAll,
  serve,
  TestNetwork,
  writeAll,
} from './testing.ts';

function twoHosts() {
  const net = new TestNetwork();
  const one = net.host('manager1', '192.168.56.10/24');
  const two = net.host('worker1', '192.168.56.11/24');
  return { net, one, two };
}

function* request(kernel: Kernel, to: string, port: number, text: string): Op<string> {
  const socket = yield* connect(kernel, kernel.initNetns, to, port);
  if (!socket.ok) return socket.error;
  yield* writeAll(kernel, socket.value, text);
  const answer = yield* readAll(kernel, socket.value);
  kernel.sockets.close(socket.value);
  return answer;
}

const states = (kernel: Kernel): string[] =>
  kernel.sockets.list(kernel.initNetns).map((row) => row.state);

/** The TCP segments that a capture has seen. */
function segments(
  kernel: Kernel,
  capture: SocketId,
  more: (segment: TcpSegment, length: number, milliseconds: number) => string,
): string[] {
  let before = 0;
  return kernel.sockets.captured(capture).flatMap(({ frame, direction, at }) => {
    const pause = Math.floor((at - before) / 1000);
    before = at;
    const { payload } = frame;
    if (payload.kind !== 'ipv4' || payload.transport.protocol !== 'tcp') return [];
    const { transport: t } = payload;
    const flags = `${t.syn ? 'S' : ''}${t.fin ? 'F' : ''}${t.psh ? 'P' : ''}${t.ack ? '.' : ''}`;
    return [`${direction} [${flags}] ${more(t, frameLength(frame), pause)}`];
  });
}

/** What a server sends that writes three short pieces at once, as the client sees it, and closes at some time. */
function shortPieces(options: { readonly noDelay?: boolean; readonly closeAfter?: number }) {
  const { net, one, two } = twoHosts();
  const listener = mustOk(two.sockets.tcpListen(two.initNetns, { port: 80 }));
  const capture = one.sockets.capture(one.initNetns, mustLink(one, one.initNetns, 'eth0').id);
  net.sim.spawn(
    'server',
    (function* (): Op<void> {
      yield { keys: [two.sockets.key(listener)] };
      const client = two.sockets.tcpAccept(listener);
      if (!client) throw new Error('nobody to accept');
      if (options.noDelay) two.sockets.noDelay(client);
      for (const piece of ['one', 'two', 'three']) yield* writeAll(two, client, piece);
      if (options.closeAfter !== undefined) {
        yield* sleep(net.sim, seconds(options.closeAfter));
        two.sockets.close(client);
      }
    })(),
  );
  net.run(connect(one, one.initNetns, '192.168.56.11', 80));
  net.advance(1);
  return segments(one, capture, ({ payload }, _, pause) =>
    pause > 30 ? `after ${pause} ms` : payload,
  ).slice(3);
}

describe('tcp', () => {
  it('carries a request and its answer, and closes', () => {
    const { net, one, two } = twoHosts();
    net.sim.spawn(
      'server',
      serve(two, two.initNetns, 80, (text) => `you said: ${text}`),
    );
    expect(net.run(request(one, '192.168.56.11', 80, 'hello'))).toBe('you said: hello');
    net.advance(1);
    expect({ client: states(one), server: states(two) }).toEqual({
      client: [],
      server: ['LISTEN', 'TIME_WAIT'],
    });
    net.advance(60);
    expect(states(two)).toEqual(['LISTEN']);
  });

  it('shows on the wire as a real exchange does', () => {
    const { net, one, two } = twoHosts();
    net.sim.spawn(
      'server',
      serve(two, two.initNetns, 80, () => 'ok'),
    );
    const capture = one.sockets.capture(one.initNetns, mustLink(one, one.initNetns, 'eth0').id);
    net.run(request(one, '192.168.56.11', 80, 'hi'));
    net.advance(1);
    const lines = segments(
      one,
      capture,
      (t, length) => `win ${t.window} mss ${t.mss} length ${length}`,
    );
    expect(lines).toEqual([
      'out [S] win 64240 mss 1460 length 74',
      'in [S.] win 65160 mss 1460 length 74',
      'out [.] win 502 mss undefined length 66',
      'out [P.] win 502 mss undefined length 68',
      'in [.] win 510 mss undefined length 66',
      'in [P.] win 510 mss undefined length 68',
      'out [.] win 502 mss undefined length 66',
      'in [F.] win 510 mss undefined length 66',
      'out [F.] win 502 mss undefined length 66',
      'in [.] win 510 mss undefined length 66',
    ]);
  });

  it('holds a short piece back while another is on its way', () => {
    expect(shortPieces({})).toEqual(['in [P.] one', 'out [.] ', 'in [P.] twothree', 'out [.] ']);
    expect(shortPieces({ noDelay: true })).toEqual([
      'in [P.] one',
      'out [.] ',
      'in [P.] two',
      'out [.] ',
      'in [P.] three',
      'out [.] ',
    ]);
  });

  it('sends what was held back with the FIN, which is acknowledged later (068:37)', () => {
    expect(shortPieces({ closeAfter: 0 })).toEqual([
      'in [P.] one',
      'out [.] ',
      'in [FP.] twothree',
      'out [.] after 40 ms',
    ]);
  });

  it('carries more than a window, in both directions, and text beyond ASCII', () => {
    const { net, one, two } = twoHosts();
    const long = '0123456789é漢😀'.repeat(20_000);
    net.sim.spawn(
      'server',
      serve(two, two.initNetns, 80, () => long),
    );
    expect(net.run(request(one, '192.168.56.11', 80, 'x')) === long).toBe(true);
  });

  it('waits while the reader is slow', () => {
    const { net, one, two } = twoHosts();
    const listener = mustOk(two.sockets.tcpListen(two.initNetns, { port: 80 }));
    const long = 'x'.repeat(1_000_000);
    const client = net.sim.spawn(
      'client',
      (function* (): Op<void> {
        const socket = mustOk(yield* connect(one, one.initNetns, '192.168.56.11', 80));
        yield* writeAll(one, socket, long);
        one.sockets.close(socket);
      })(),
    );
    net.advance(5);
    expect(client.ended).toBe(false);
    const server = two.sockets.tcpAccept(listener);
    if (!server) throw new Error('nobody to accept');
    expect(net.run(readAll(two, server))).toBe(long);
  });

  it('is refused where nobody listens', () => {
    const { net, one } = twoHosts();
    expect(net.run(connect(one, one.initNetns, '192.168.56.11', 81))).toEqual({
      ok: false,
      error: 'ECONNREFUSED',
    });
    expect(net.run(connect(one, one.initNetns, '127.0.0.1', 81))).toEqual({
      ok: false,
      error: 'ECONNREFUSED',
    });
  });

  it('fails with no route to host when the next hop does not answer', () => {
    const { net, one } = twoHosts();
    expect(net.run(connect(one, one.initNetns, '192.168.56.99', 80))).toEqual({
      ok: false,
      error: 'EHOSTUNREACH',
    });
    expect(Math.round(net.sim.now() / 1e6)).toBe(3);
  });

  it('times out after 131 seconds of silence', () => {
    const { net, one, two } = twoHosts();
    mustOk(two.routeAdd(two.initNetns, { destination: cidr('10.9.0.0/16'), type: 'blackhole' }));
    mustOk(two.sysctlSet(two.initNetns, 'net.ipv4.ip_forward', '1'));
    mustOk(
      one.routeAdd(one.initNetns, { destination: cidr('10.9.0.0/16'), via: ip('192.168.56.11') }),
    );
    expect(net.run(connect(one, one.initNetns, '10.9.1.1', 80))).toEqual({
      ok: false,
      error: 'ETIMEDOUT',
    });
    expect(Math.round(net.sim.now() / 1e6)).toBe(131);
  });

  it('survives a cable that is pulled for a while', () => {
    const { net, one, two } = twoHosts();
    net.sim.spawn(
      'server',
      serve(two, two.initNetns, 80, (text) => `${text}!`),
    );
    const eth0 = mustLink(two, two.initNetns, 'eth0').id;
    const answer = net.run(
      (function* (): Op<string> {
        const socket = mustOk(yield* connect(one, one.initNetns, '192.168.56.11', 80));
        mustOk(two.linkSet(eth0, { segment: null }));
        one.sockets.send(socket, 'still there?');
        yield* sleep(net.sim, seconds(2));
        mustOk(two.linkSet(eth0, { segment: 'lan' }));
        return yield* readAll(one, socket);
      })(),
    );
    expect(answer).toBe('still there?!');
  });

  it('resets whoever writes to a closed connection', () => {
    const { net, one, two } = twoHosts();
    const listener = mustOk(two.sockets.tcpListen(two.initNetns, { port: 80 }));
    const result = net.run(
      (function* (): Op<unknown[]> {
        const socket = mustOk(yield* connect(one, one.initNetns, '192.168.56.11', 80));
        yield* sleep(net.sim, seconds(1));
        const server = two.sockets.tcpAccept(listener);
        if (server) two.sockets.close(server);
        yield* sleep(net.sim, seconds(1));
        const first = one.sockets.send(socket, 'anyone?');
        yield* sleep(net.sim, seconds(1));
        return [first, one.sockets.send(socket, 'hello?')];
      })(),
    );
    expect(result).toEqual([
      { ok: true, value: 7 },
      { ok: false, error: 'EPIPE' },
    ]);
  });

  it('does not bind a port twice', () => {
    const { one } = twoHosts();
    const listen = (options: Parameters<Kernel['sockets']['tcpListen']>[1]): string => {
      const result = one.sockets.tcpListen(one.initNetns, options);
      return result.ok ? 'ok' : result.error;
    };
    expect([
      listen({ port: 8000 }),
      listen({ port: 8000, family: 'ipv6' }),
      listen({ port: 8000, address: ip('127.0.0.1') }),
      listen({ port: 9000, family: 'any' }),
      listen({ port: 9000 }),
      listen({ port: 9001, address: ip('10.1.1.1') }),
    ]).toEqual(['ok', 'ok', 'EADDRINUSE', 'ok', 'EADDRINUSE', 'EADDRNOTAVAIL']);
  });

  it('cuts segments to what a narrower path takes', () => {
    const { net, one, two } = twoHosts();
    mustOk(two.sysctlSet(two.initNetns, 'net.ipv4.ip_forward', '1'));
    const inside = container(two, bridge(two, 'docker0', '172.17.0.1/16'), '172.17.0.2/16');
    mustOk(two.linkSet(mustLink(two, two.initNetns, 'docker0').id, { mtu: 1200 }));
    mustOk(two.routeAdd(inside, { destination: cidr('0.0.0.0/0'), via: ip('172.17.0.1') }));
    mustOk(
      one.routeAdd(one.initNetns, { destination: cidr('172.17.0.0/16'), via: ip('192.168.56.11') }),
    );
    net.sim.spawn(
      'server',
      serve(two, inside, 80, (text) => `${text.length}`),
    );
    expect(net.run(request(one, '172.17.0.2', 80, 'y'.repeat(1300)))).toBe('1300');
    expect(
      net.world.trace
        .since(0)
        .filter((hop) => hop.stage === 'drop')
        .map((hop) => hop.decision),
    ).toEqual([{ kind: 'lost', loss: { kind: 'mtu', mtu: 1200, device: 'docker0' } }]);
  });
});

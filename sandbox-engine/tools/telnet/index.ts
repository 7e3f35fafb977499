// `telnet`: what is typed goes to a port, what comes from there is shown.
//
// Mirrors: telnet of inetutils 2.6, and the BusyBox applet. Differs: no option negotiation and no `telnet>` commands: ^C
// ends it.
import {
  connectTcp,
  lookupIpv4,
  type Process,
  type Program,
  socketOwner,
  strerror,
} from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import { busyboxUsage } from '../common/busybox.ts';
import { getopt, optionErrorText } from '../common/getopt.ts';
import { relay } from '../common/relay.ts';
import { portOfService } from '../common/socket-list.ts';

type Flavour = 'inetutils' | 'busybox';

const usage: Readonly<Record<Flavour, string>> = {
  inetutils: 'Usage: telnet [OPTION...] [HOST [PORT]]\n',
  busybox: busyboxUsage(
    'telnet',
    '[-a] [-l USER] HOST [PORT]',
    `Connect to telnet server

	-a	Automatic login with $USER variable
	-l USER	Automatic login as USER`,
  ),
};

export const telnetProgram = (flavour: Flavour): Program =>
  function* telnet(process: Process): Op<number> {
    const parsed = getopt(process.argv.slice(1), '468aEl:e:n:');
    if ('error' in parsed) {
      yield* process.err(`${optionErrorText('telnet', parsed)}${usage[flavour]}`);
      return 1;
    }
    const [host, portText = '23'] = parsed.operands;
    const port = /^\d+$/.test(portText) ? Number(portText) : portOfService(portText, 'tcp');
    if (host === undefined || port === undefined || port > 65_535) {
      yield* process.err(
        host === undefined ? usage[flavour] : `telnet: ${portText}: bad port number\n`,
      );
      return 1;
    }
    return yield* session(process, flavour, host, port);
  };

function* session(process: Process, flavour: Flavour, host: string, port: number): Op<number> {
  const found = yield* lookupIpv4(process, host);
  const [address] = found.ok ? found.value : [];
  if (address === undefined) {
    yield* process.err(
      flavour === 'busybox'
        ? `telnet: bad address '${host}'\n`
        : `telnet: could not resolve ${host}/${port}: Name or service not known\n`,
    );
    return 1;
  }
  const text = formatIpv4(address);
  if (flavour === 'inetutils') yield* process.out(`Trying ${text}...\n`);
  const owner = socketOwner(process, 3);
  const connected = yield* connectTcp(process, { to: address, port, owner });
  if (!connected.ok) {
    const why = strerror(connected.error);
    yield* process.err(
      flavour === 'busybox'
        ? `telnet: can't connect to remote host (${text}): ${why}\n`
        : `telnet: Unable to connect to remote host: ${why}\n`,
    );
    return 1;
  }
  try {
    yield* process.out(
      flavour === 'busybox'
        ? `Connected to ${host}\n\nEscape character is '^]'.\n`
        : `Connected to ${host}.\nEscape character is '^]'.\n`,
    );
    const by = yield* relay(process, connected.value, { atEof: 'leave' });
    if (by === 'signal') return 0;
    yield* process.err(`Connection closed by foreign host${flavour === 'busybox' ? '\r' : '.'}\n`);
    return 1;
  } finally {
    process.kernel.sockets.close(connected.value);
  }
}

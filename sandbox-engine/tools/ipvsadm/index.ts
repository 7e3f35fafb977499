// `ipvsadm`, `ipvsadm-save`, `ipvsadm-restore`: virtual services, their servers and connections.
//
// Mirrors: ipvsadm 1.31 (process_options, libipvs ipvs_strerror). Differs: -h shows the commands only.
import type { Errno, Ipvs } from '../../kernel/index.ts';
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, ok, type Result } from '../../std/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { type Arguments, type Command, parseArguments, type Refusal } from './arguments.ts';
import {
  banner,
  connectionsText,
  type Format,
  type Look,
  serviceText,
  title,
  usage,
  version,
} from './text.ts';

export function* ipvsadm(process: Process): Op<number> {
  return yield* start(process, process.argv.slice(1));
}

/** `ipvsadm-save [-n]`. */
export function* ipvsadmSave(process: Process): Op<number> {
  return yield* start(process, ['-S', ...process.argv.slice(1)]);
}

/** `ipvsadm-restore < FILE`. */
export function* ipvsadmRestore(process: Process): Op<number> {
  return yield* start(process, ['-R', ...process.argv.slice(1)]);
}

function* start(process: Process, args: readonly string[]): Op<number> {
  if (!mayAdministerNetwork(process)) {
    yield* process.err(
      "Can't initialize ipvs: Permission denied (you must be root)\nAre you sure that IP Virtual Server is built in the kernel or as module?\n",
    );
    return 2;
  }
  const parsed = parseArguments(args);
  if (parsed.ok && parsed.value.command === 'restore') return yield* restore(process);
  const done = parsed.ok ? perform(process, parsed.value) : parsed;
  return yield* finish(process, done);
}

function* finish(process: Process, done: Result<string, Refusal>): Op<number> {
  if (done.ok) {
    yield* process.out(done.value);
    return 0;
  }
  yield* process.err(done.error.message);
  return done.error.status;
}

/** Reads lines as `-S` prints them. */
function* restore(process: Process): Op<number> {
  for (;;) {
    const line = yield* process.readLine(0);
    if (line === null) return 0;
    const words = line.split(/\s+/).filter((word) => word !== '');
    if (words.length === 0) continue;
    const parsed = parseArguments(words);
    const status = yield* finish(process, parsed.ok ? perform(process, parsed.value) : parsed);
    if (status !== 0) return status;
  }
}

/** The output, or what went wrong. */
function perform(process: Process, given: Arguments): Result<string, Refusal> {
  const ipvs = process.kernel.ipvsTable(process.netns);
  switch (given.command) {
    case 'help':
      return ok(usage);
    case 'version':
      return ok(version);
    case 'list':
      return list(process, ipvs, given);
    case 'save':
      return ok(rules(ipvs, given));
    case 'flush':
      ipvs.flush();
      return ok('');
    case 'set': {
      const [tcp = 0, tcpFin = 0, udp = 0] = given.timeouts;
      ipvs.setTimeouts({ tcp, tcpFin, udp });
      return ok('');
    }
    case 'zero':
      return said('zero', ipvs.zero(given.service));
    default:
      return change(ipvs, given);
  }
}

function change(ipvs: Ipvs, given: Arguments): Result<string, Refusal> {
  const { command, service, server, scheduler = 'wlc', weight = 1, forwarding = 'Route' } = given;
  if (!service) return ok('');
  const row = server && { ...server, weight, forwarding };
  switch (command) {
    case 'add-service':
      return said(command, ipvs.addService(service, scheduler));
    case 'edit-service':
      return said(command, ipvs.changeService(service, scheduler));
    case 'delete-service':
      return said(command, ipvs.removeService(service));
    case 'add-server':
      return row ? said(command, ipvs.addServer(service, row)) : ok('');
    case 'edit-server':
      return row ? said(command, ipvs.changeServer(service, row)) : ok('');
    case 'delete-server':
      return server ? said(command, ipvs.removeServer(service, server)) : ok('');
    default:
      return ok('');
  }
}

const said = (command: Command, result: Result<unknown, Errno>): Result<string, Refusal> =>
  result.ok ? ok('') : err({ message: `${errorText(command, result.error)}\n`, status: 255 });

function errorText(command: Command, error: Errno): string {
  const aboutServers = command.endsWith('-server');
  switch (error) {
    case 'EEXIST':
      return aboutServers ? 'Destination already exists' : 'Service already exists';
    case 'ESRCH':
      return aboutServers ? 'Service not defined' : 'No such service';
    case 'ENOENT':
      return aboutServers ? 'No such destination' : 'Scheduler or persistence engine not found';
    default:
      return 'Invalid operation.  Possibly wrong module version, address not unicast, ...';
  }
}

const formats: readonly Format[] = ['stats', 'rate', 'thresholds', 'persistent-conn'];

const lookOf = ({ flags }: Arguments): Look => ({
  format: formats.find((format) => flags.has(format)) ?? 'plain',
  numeric: flags.has('numeric'),
  exact: flags.has('exact'),
});

function rules(ipvs: Ipvs, given: Arguments): string {
  const look = { ...lookOf(given), format: 'rules' } as const;
  return ipvs
    .services()
    .map((service) => serviceText(service, look))
    .join('');
}

function list(process: Process, ipvs: Ipvs, given: Arguments): Result<string, Refusal> {
  const { flags, service: match } = given;
  const look = lookOf(given);
  if (flags.has('connection'))
    return ok(connectionsText(ipvs.connections(), process.sim.now(), look));
  if (flags.has('timeout')) {
    const { tcp, tcpFin, udp } = ipvs.timeouts();
    return ok(`Timeout (tcp tcpfin udp): ${tcp} ${tcpFin} ${udp}\n`);
  }
  if (flags.has('daemon')) return ok('');
  if (!match) {
    const services = ipvs.services().map((service) => serviceText(service, look));
    return ok([banner, title(look.format), ...services].join(''));
  }
  const service = ipvs.service(match);
  if (!service) return err({ message: 'No such service\n', status: 255 });
  return ok(title(look.format) + serviceText(service, look));
}

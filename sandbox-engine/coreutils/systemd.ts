// systemctl, service, reboot, poweroff, halt and shutdown: what is asked of the machine's process 1.
//
// Mirrors: systemd 257's systemctl, Debian's service(8) from init-system-helpers (which hands over to systemctl). Differs:
// the journal's lines below `status` are not there, nor are tasks, memory and CPU.
import {
  type Process,
  type Program,
  type ServiceManager,
  serviceManager,
  type Unit,
} from '../os/index.ts';
import type { Op } from '../sim/index.ts';
import { strftime } from '../std/index.ts';

const noBus =
  "System has not been booted with systemd as init system (PID 1). Can't operate.\nFailed to connect to system scope bus via local transport: Host is down\n";

/** Exit statuses of systemctl: LSB's for services. */
const notRunning = 3;
const noSuchUnit = 4;
const notInstalled = 5;

const fullName = (name: string): string => (name.includes('.') ? name : `${name}.service`);

/** `3min 4s ago` (systemd's format_timestamp_relative). */
function ago(micros: number): string {
  const seconds = Math.floor(micros / 1_000_000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  if (seconds >= 172_800) return `${Math.floor(seconds / 86_400)} days ago`;
  if (hours > 0) return `${hours}h${minutes > 0 ? ` ${minutes}min` : ''} ago`;
  if (minutes > 0) return `${minutes}min${seconds % 60 > 0 ? ` ${seconds % 60}s` : ''} ago`;
  if (seconds > 0) return `${seconds}s ago`;
  return `${Math.floor(micros / 1000)}ms ago`;
}

const since = ({ sim }: Process, unit: Unit): string => {
  const at = sim.epochMillis + unit.since / 1000;
  return `since ${strftime('%a %Y-%m-%d %H:%M:%S UTC', at)}; ${ago(sim.now() - unit.since)}`;
};

const nameOfProgram = (unit: Unit): string => (unit.argv[0] ?? '').split('/').at(-1) ?? '';

/** `ActiveState (SubState)`, as `status` and `list-units` show it. */
const states: Readonly<Record<Unit['state'], { readonly active: string; readonly sub: string }>> = {
  active: { active: 'active', sub: 'running' },
  activating: { active: 'activating', sub: 'start' },
  deactivating: { active: 'deactivating', sub: 'stop-sigterm' },
  inactive: { active: 'inactive', sub: 'dead' },
};

/** The processes of a unit's control group: the main one, and for dockerd its proxies. */
function groupOf(p: Process, unit: Unit): string[] {
  const members = p.host.processes('init').filter(({ pid, argv }) => {
    const proxy = unit.name === 'docker.service' && (argv[0] ?? '').endsWith('docker-proxy');
    return pid === unit.mainPid || proxy;
  });
  return members.map(
    ({ pid, argv }, i) =>
      `             ${i === members.length - 1 ? '└─' : '├─'}${pid} ${argv.join(' ')}`,
  );
}

function statusOf(p: Process, unit: Unit): string {
  const runs = unit.state !== 'inactive';
  const { active, sub } = states[unit.state];
  const exited = '(code=exited, status=0/SUCCESS)';
  const lines = [
    `${runs ? '●' : '○'} ${unit.name} - ${unit.description}`,
    `     Loaded: loaded (/usr/lib/systemd/system/${unit.name}; enabled; preset: enabled)`,
    `     Active: ${active} (${sub}) ${since(p, unit)}`,
    `       Docs: ${unit.documentation}`,
    ...(runs ? [] : [`    Process: ${unit.mainPid} ExecStart=${unit.argv.join(' ')} ${exited}`]),
    `   Main PID: ${unit.mainPid} ${runs ? `(${nameOfProgram(unit)})` : exited}`,
    ...(runs ? [`     CGroup: /system.slice/${unit.name}`, ...groupOf(p, unit)] : []),
  ];
  return `${lines.join('\n')}\n`;
}

const find = (manager: ServiceManager, name: string): Unit | undefined =>
  manager.units().find((unit) => unit.name === fullName(name));

type Verb = (p: Process, manager: ServiceManager, names: readonly string[]) => Op<number>;

/** A verb that does something to each unit in turn. */
const change = (
  verb: string,
  missing: string,
  act: (manager: ServiceManager, unit: string) => Op<void>,
): Verb =>
  function* (p, manager, names) {
    if (names.length === 0) {
      yield* p.err('Too few arguments.\n');
      return 1;
    }
    let status = 0;
    for (const name of names) {
      const unit = find(manager, name);
      if (!unit) {
        yield* p.err(
          `Failed to ${verb} ${fullName(name)}: Unit ${fullName(name)} not ${missing}.\n`,
        );
        status = notInstalled;
      } else if (unit.name !== 'docker.service') {
        yield* p.err(`systemctl: not simulated here: ${verb} of ${unit.name}\n`);
        status = 1;
      } else yield* act(manager, unit.name);
    }
    return status;
  };

function* restart(manager: ServiceManager, unit: string): Op<void> {
  yield* manager.stop(unit);
  yield* manager.start(unit);
}

/** A verb that says something about each unit, and answers LSB's status. */
const look = (
  answer: (p: Process, unit: Unit) => string,
  missing: (name: string) => string,
): Verb =>
  function* (p, manager, names) {
    let status = 0;
    for (const [i, name] of names.entries()) {
      const unit = find(manager, name);
      if (!unit) {
        yield* p.err(missing(fullName(name)));
        status = noSuchUnit;
        continue;
      }
      const text = answer(p, unit);
      yield* p.out(i > 0 ? `\n${text}` : text);
      if (unit.state === 'inactive') status = notRunning;
    }
    return status;
  };

function* listUnits(p: Process, manager: ServiceManager): Op<number> {
  const rows = manager
    .units()
    .filter(({ state }) => state !== 'inactive')
    .map((unit) => [
      unit.name,
      'loaded',
      states[unit.state].active,
      states[unit.state].sub,
      unit.description,
    ]);
  const table = [['UNIT', 'LOAD', 'ACTIVE', 'SUB', 'DESCRIPTION'], ...rows];
  const widths = [0, 1, 2, 3].map((i) => Math.max(...table.map((row) => (row[i] ?? '').length)));
  for (const row of table)
    yield* p.out(
      `  ${row.map((cell, i) => (i < widths.length ? cell.padEnd(widths[i] ?? 0) : cell)).join(' ')}\n`,
    );
  yield* p.out(`\n${rows.length} loaded units listed.\n`);
  return 0;
}

/** Success when any of them is. */
function* isActive(p: Process, manager: ServiceManager, names: readonly string[]): Op<number> {
  const units = names.map((name) => find(manager, name));
  if (!isQuiet(p))
    for (const unit of units) yield* p.out(`${unit ? states[unit.state].active : 'inactive'}\n`);
  if (units.some((unit) => unit?.state === 'active')) return 0;
  return units.includes(undefined) ? noSuchUnit : notRunning;
}

/** The properties that are simulated, in systemd's order. */
const propertiesOf = (p: Process, unit: Unit): readonly (readonly [string, string])[] => {
  const { active, sub } = states[unit.state];
  const at = strftime('%a %Y-%m-%d %H:%M:%S UTC', p.sim.epochMillis + unit.since / 1000);
  const runs = unit.state !== 'inactive';
  return [
    ['MainPID', runs ? String(unit.mainPid) : '0'],
    ['Id', unit.name],
    ['Names', unit.name],
    ['Description', unit.description],
    ['LoadState', 'loaded'],
    ['ActiveState', active],
    ['SubState', sub],
    ['UnitFileState', 'enabled'],
    [runs ? 'ActiveEnterTimestamp' : 'InactiveEnterTimestamp', at],
  ];
};

/** `show -p NAME,NAME [--value] UNIT`. Differs: without -p it shows what is simulated only. */
function* showProperties(
  p: Process,
  manager: ServiceManager,
  names: readonly string[],
): Op<number> {
  const words = p.argv.slice(1);
  const wanted = words.flatMap((word, i) => {
    const inline = /^(?:-p|--property=)(.+)$/.exec(word)?.[1];
    if (inline !== undefined) return inline.split(',');
    return ['-p', '--property'].includes(words[i - 1] ?? '') ? word.split(',') : [];
  });
  const asked = new Set(words.filter((_, i) => ['-p', '--property'].includes(words[i - 1] ?? '')));
  for (const name of names.filter((word) => !asked.has(word))) {
    const unit = find(manager, name);
    const properties = unit ? propertiesOf(p, unit) : [['LoadState', 'not-found'] as const];
    const shown =
      wanted.length === 0
        ? properties
        : wanted.flatMap((one) => properties.filter(([property]) => property === one));
    for (const [property, value] of shown)
      yield* p.out(words.includes('--value') ? `${value}\n` : `${property}=${value}\n`);
  }
  return 0;
}

const power = (then: 'poweroff' | 'reboot'): Verb =>
  function* (p, manager) {
    manager.shutDown(
      then,
      p.argv.some((word) => word === '-f' || word === '--force'),
    );
    yield {};
    return 0;
  };

const isQuiet = (p: Process): boolean => p.argv.some((word) => word === '-q' || word === '--quiet');

const verbs: Readonly<Record<string, Verb>> = {
  start: change('start', 'found', (manager, unit) => manager.start(unit)),
  stop: change('stop', 'loaded', (manager, unit) => manager.stop(unit)),
  restart: change('restart', 'found', restart),
  status: look(statusOf, (name) => `Unit ${name} could not be found.\n`),
  'is-active': isActive,
  'is-enabled': function* (p, manager, names) {
    let status = 0;
    for (const name of names) {
      const known = find(manager, name) !== undefined;
      if (!isQuiet(p)) yield* p.out(known ? 'enabled\n' : 'not-found\n');
      if (!known) status = noSuchUnit;
    }
    return status;
  },
  'is-failed': function* (p, manager, names) {
    for (const name of names) {
      const unit = find(manager, name);
      if (!isQuiet(p)) yield* p.out(`${unit ? states[unit.state].active : 'inactive'}\n`);
    }
    // Nothing that runs here ever fails: units stop and start.
    return 1;
  },
  show: showProperties,
  'list-units': listUnits,
  'daemon-reload': function* () {
    yield {};
    return 0;
  },
  poweroff: power('poweroff'),
  halt: power('poweroff'),
  reboot: power('reboot'),
};

/** Options that change nothing of what is simulated, or that a verb reads itself (--force, --quiet). */
const harmless =
  /^(-f|--force|-p|-p.+|--property|--property=.*|--value|--no-pager|--full|-l|--now|-q|--quiet|--type=service|-t|--all|-a|--no-block)$/;

function* run(p: Process, words: readonly string[]): Op<number> {
  const manager = p.host.connect(serviceManager, p.fs);
  if (!manager) {
    yield* p.err(noBus);
    return 1;
  }
  const unknown = words.find((word) => word.startsWith('-') && !harmless.test(word));
  const [name = 'list-units', ...rest] = words.filter((word) => !word.startsWith('-'));
  const verb = Object.hasOwn(verbs, name) ? verbs[name] : undefined;
  if (unknown !== undefined || !verb) {
    yield* p.err(`systemctl: not simulated here: ${unknown ?? name}\n`);
    return 1;
  }
  if (name === 'status' && rest.length === 0) {
    yield* p.err('systemctl: not simulated here: status of the whole system\n');
    return 1;
  }
  return yield* verb(p, manager, rest);
}

const systemctl: Program = (p) => run(p, p.argv.slice(1));

const service: Program = function* (p) {
  const [, name, action] = p.argv;
  if (name === undefined || action === undefined) {
    yield* p.err(
      'Usage: service < option > | --status-all | [ service_name [ command | --full-restart ] ]\n',
    );
    return 1;
  }
  return yield* run(p, [action, name]);
};

const shutdown: Program = function* (p) {
  const words = p.argv.slice(1);
  const when = words.find((word) => !word.startsWith('-'));
  if (when !== 'now' && when !== '+0') {
    yield* p.err('shutdown: not simulated here: a shutdown later than now\n');
    return 1;
  }
  return yield* run(p, [
    words.includes('-r') || words.includes('--reboot') ? 'reboot' : 'poweroff',
  ]);
};

const named =
  (verb: string): Program =>
  (p) =>
    run(p, [verb, ...p.argv.slice(1)]);

export const servicePrograms: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['systemctl', systemctl],
  ['service', service],
  ['shutdown', shutdown],
  ['reboot', named('reboot')],
  ['poweroff', named('poweroff')],
  ['halt', named('poweroff')],
]);

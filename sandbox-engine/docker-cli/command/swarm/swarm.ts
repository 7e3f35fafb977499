// docker swarm.
//
// Mirrors: docker/cli cli/command/swarm/*.go.
import { micros, type Op, sleep } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { at, flag, type Json, list, number, object, text } from '../../json.ts';
import { ProgressLines } from '../../progress/messages.ts';
import { sha256 } from '../../sha256.ts';

const defaultPort = 2377;

/** The swarm's spec with what the flags change. */
function editedSpec(flags: Flags, before: Json): Json {
  const part = (key: string, changes: Readonly<Record<string, number | undefined>>): Json => {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined);
    return { ...object(before, key), ...Object.fromEntries(given) };
  };
  return {
    ...before,
    Orchestration: part('Orchestration', {
      TaskHistoryRetentionLimit: flags.number('task-history-limit'),
    }),
    Raft: part('Raft', {
      SnapshotInterval: flags.number('snapshot-interval'),
      KeepOldSnapshots: flags.number('max-snapshots'),
    }),
    Dispatcher: part('Dispatcher', { HeartbeatPeriod: flags.number('dispatcher-heartbeat') }),
    CAConfig: part('CAConfig', { NodeCertExpiry: flags.number('cert-expiry') }),
    EncryptionConfig: {
      ...object(before, 'EncryptionConfig'),
      ...(flags.has('autolock') ? { AutoLockManagers: flags.on('autolock') } : {}),
    },
  };
}

/** `host` → `host:2377`. */
function withPort(address: string): Result<string, string> {
  if (address === '') return err('invalid address');
  if (/^\d+$/.test(address) || address.startsWith(':'))
    return ok(`0.0.0.0:${address.replace(/^:/, '')}`);
  return ok(/:\d+$/.test(address) ? address : `${address}:${defaultPort}`);
}

const unlockHelp = (key: string): string =>
  `To unlock a swarm manager after it restarts, run the \`docker swarm unlock\`
command and provide the following key:

    ${key}

Remember to store this key in a password manager, since without it you
will not be able to restart the manager.
`;

/** How another node joins with that token. */
function* joinHelp(cli: Cli, role: 'worker' | 'manager'): Op<Result<string, string>> {
  const info = yield* cli.client.get('/info');
  if (!info.ok) return err(info.error.message);
  const node = yield* cli.client.get(`/nodes/${text(info.value, 'Swarm.NodeID')}`);
  if (!node.ok) return err(node.error.message);
  const swarm = yield* cli.client.get('/swarm');
  if (!swarm.ok) return err(swarm.error.message);
  if (!at(node.value, 'ManagerStatus')) return ok('');
  const token = text(swarm.value, role === 'worker' ? 'JoinTokens.Worker' : 'JoinTokens.Manager');
  return ok(
    `To add a ${role} to this swarm, run the following command:\n\n    docker swarm join --token ${token} ${text(node.value, 'ManagerStatus.Addr')}\n\n`,
  );
}

export function* init(cli: Cli, flags: Flags): Op<Outcome> {
  const listen = withPort(flags.text('listen-addr'));
  if (!listen.ok) return fail(listen.error);
  const availability = flags.has('availability') ? flags.text('availability').toLowerCase() : '';
  if (availability && !['active', 'pause', 'drain'].includes(availability))
    return fail(
      `invalid availability ${JSON.stringify(availability)}, only active, pause and drain are supported`,
    );
  if (flags.has('external-ca')) return noOwnCa;
  const emptySpec = {
    Labels: null,
    Orchestration: {},
    Raft: { ElectionTick: 0, HeartbeatTick: 0 },
    Dispatcher: {},
    CAConfig: {},
    TaskDefaults: {},
    EncryptionConfig: { AutoLockManagers: false },
  };
  const answer = yield* cli.client.post(
    '/swarm/init',
    {},
    {
      ListenAddr: listen.value,
      AdvertiseAddr: flags.text('advertise-addr'),
      DataPathAddr: flags.text('data-path-addr'),
      DataPathPort: flags.number('data-path-port') ?? 0,
      ForceNewCluster: flags.on('force-new-cluster'),
      Spec: editedSpec(flags, emptySpec),
      AutoLockManagers: flags.on('autolock'),
      Availability: availability,
      DefaultAddrPool: [...flags.list('default-addr-pool')],
      SubnetSize: Number(flags.text('default-addr-pool-mask-length')),
    },
  );
  if (!answer.ok) {
    const ambiguous =
      /could not choose an IP address to advertise|could not find the system's IP address/;
    const { message } = answer.error;
    return fail(
      ambiguous.test(message) ? `${message} - specify one with --advertise-addr` : message,
    );
  }
  yield* cli.out(`Swarm initialized: current node (${text(answer.value)}) is now a manager.\n\n`);
  const help = yield* joinHelp(cli, 'worker');
  if (!help.ok) return fail(help.error);
  yield* cli.out(
    `${help.value}To add a manager to this swarm, run 'docker swarm join-token manager' and follow the instructions.\n`,
  );
  if (!flags.on('autolock')) return undefined;
  const key = yield* cli.client.get('/swarm/unlockkey');
  if (!key.ok) return fail(`could not fetch unlock key: ${key.error.message}`);
  yield* cli.out(unlockHelp(text(key.value, 'UnlockKey')));
  return undefined;
}

export function* join(cli: Cli, flags: Flags, [address = '']: readonly string[]): Op<Outcome> {
  const answer = yield* cli.client.post(
    '/swarm/join',
    {},
    {
      ListenAddr: flags.text('listen-addr'),
      AdvertiseAddr: flags.text('advertise-addr'),
      DataPathAddr: flags.text('data-path-addr'),
      RemoteAddrs: [address],
      JoinToken: flags.text('token'),
      Availability: flags.has('availability') ? flags.text('availability').toLowerCase() : '',
    },
  );
  if (!answer.ok) return fail(answer.error.message);
  const info = yield* cli.client.get('/info');
  if (!info.ok) return fail(info.error.message);
  const role = flag(info.value, 'Swarm.ControlAvailable') ? 'manager' : 'worker';
  yield* cli.out(`This node joined a swarm as a ${role}.\n`);
  return undefined;
}

export function* joinToken(cli: Cli, flags: Flags, [role = '']: readonly string[]): Op<Outcome> {
  if (role !== 'worker' && role !== 'manager') return fail(`unknown role ${role}`);
  const quiet = flags.on('quiet');
  if (flags.on('rotate')) {
    const swarm = yield* cli.client.get('/swarm');
    if (!swarm.ok) return fail(swarm.error.message);
    const answer = yield* cli.client.post(
      '/swarm/update',
      {
        version: number(swarm.value, 'Version.Index'),
        rotateWorkerToken: role === 'worker',
        rotateManagerToken: role === 'manager',
        rotateManagerUnlockKey: false,
      },
      at(swarm.value, 'Spec'),
    );
    if (!answer.ok) return fail(answer.error.message);
    if (!quiet) yield* cli.out(`Successfully rotated ${role} join token.\n\n`);
  }
  const swarm = yield* cli.client.get('/swarm');
  if (!swarm.ok) return fail(swarm.error.message);
  if (quiet) {
    yield* cli.out(
      `${text(swarm.value, role === 'worker' ? 'JoinTokens.Worker' : 'JoinTokens.Manager')}\n`,
    );
    return undefined;
  }
  const help = yield* joinHelp(cli, role);
  if (!help.ok) return fail(help.error);
  yield* cli.out(help.value);
  return undefined;
}

export function* leave(cli: Cli, flags: Flags): Op<Outcome> {
  const answer = yield* cli.client.post('/swarm/leave', {
    force: flags.on('force') ? 1 : undefined,
  });
  if (!answer.ok) return fail(answer.error.message);
  yield* cli.out('Node left the swarm.\n');
  return undefined;
}

export function* update(cli: Cli, flags: Flags): Op<Outcome> {
  if (!cli.spec.flags.some((one) => flags.has(one.name))) {
    yield* cli.err(`Usage:  ${cli.path} [OPTIONS]\n`);
    return undefined;
  }
  const swarm = yield* cli.client.get('/swarm');
  if (!swarm.ok) return fail(swarm.error.message);
  if (flags.has('external-ca')) return noOwnCa;
  const before = object(swarm.value, 'Spec');
  const answer = yield* cli.client.post(
    '/swarm/update',
    {
      version: number(swarm.value, 'Version.Index'),
      rotateWorkerToken: false,
      rotateManagerToken: false,
      rotateManagerUnlockKey: false,
    },
    editedSpec(flags, before),
  );
  if (!answer.ok) return fail(answer.error.message);
  yield* cli.out('Swarm updated.\n');
  if (!flags.on('autolock') || flag(before, 'EncryptionConfig.AutoLockManagers')) return undefined;
  const key = yield* cli.client.get('/swarm/unlockkey');
  if (!key.ok) return fail(`could not fetch unlock key: ${key.error.message}`);
  yield* cli.out(unlockHelp(text(key.value, 'UnlockKey')));
  return undefined;
}

export function* unlock(cli: Cli): Op<Outcome> {
  const info = yield* cli.client.get('/info');
  if (!info.ok) return fail(info.error.message);
  const state = text(info.value, 'Swarm.LocalNodeState');
  if (state === 'inactive') return fail('Error: This node is not part of a swarm');
  if (state !== 'locked') return fail('Error: swarm is not locked');
  const terminal = cli.inIsTty() ? (cli.stdin()?.tty ?? cli.process.tty) : undefined;
  if (terminal) {
    yield* cli.out('Enter unlock key: ');
    terminal.echo = false;
  }
  const key = yield* cli.process.readLine(0);
  if (terminal) {
    terminal.echo = true;
    yield* cli.out('\n');
  }
  const answer = yield* cli.client.post('/swarm/unlock', {}, { UnlockKey: (key ?? '').trim() });
  return answer.ok ? undefined : fail(answer.error.message);
}

export function* unlockKey(cli: Cli, flags: Flags): Op<Outcome> {
  const quiet = flags.on('quiet');
  if (flags.on('rotate')) {
    const swarm = yield* cli.client.get('/swarm');
    if (!swarm.ok) return fail(swarm.error.message);
    if (!flag(swarm.value, 'Spec.EncryptionConfig.AutoLockManagers'))
      return fail('cannot rotate because autolock is not turned on');
    const answer = yield* cli.client.post(
      '/swarm/update',
      {
        version: number(swarm.value, 'Version.Index'),
        rotateWorkerToken: false,
        rotateManagerToken: false,
        rotateManagerUnlockKey: true,
      },
      at(swarm.value, 'Spec'),
    );
    if (!answer.ok) return fail(answer.error.message);
    if (!quiet) yield* cli.out('Successfully rotated manager unlock key.\n\n');
  }
  const key = yield* cli.client.get('/swarm/unlockkey');
  if (!key.ok) return fail(`could not fetch unlock key: ${key.error.message}`);
  const value = text(key.value, 'UnlockKey');
  if (value === '') return fail('no unlock key is set');
  yield* cli.out(quiet ? `${value}\n` : unlockHelp(value));
  return undefined;
}

// ---- the certificate authority ------------------------------------------------------------------

const pollMicros = 200_000;

/** Certificates are signed by the swarm itself. */
const noOwnCa = fail('docker: not simulated here: a certificate authority of your own');

export function* ca(cli: Cli, flags: Flags): Op<Outcome> {
  const swarm = yield* cli.client.get('/swarm');
  if (!swarm.ok) return fail(swarm.error.message);
  if (!flags.on('rotate')) {
    for (const name of ['ca-cert', 'ca-key', 'cert-expiry', 'external-ca'])
      if (flags.has(name))
        return fail(`\`--${name}\` flag requires the \`--rotate\` flag to update the CA`);
    const root = text(swarm.value, 'TLSInfo.TrustRoot');
    if (!root) return fail('No CA information available');
    yield* cli.out(root.endsWith('\n') ? root : `${root}\n`);
    return undefined;
  }
  if (flags.has('ca-cert') || flags.has('ca-key') || flags.has('external-ca')) return noOwnCa;
  const spec = editedSpec(flags, object(swarm.value, 'Spec'));
  const config = object(spec, 'CAConfig');
  const answer = yield* cli.client.post(
    '/swarm/update',
    {
      version: number(swarm.value, 'Version.Index'),
      rotateWorkerToken: false,
      rotateManagerToken: false,
      rotateManagerUnlockKey: false,
    },
    { ...spec, CAConfig: { ...config, ForceRotate: number(config, 'ForceRotate') + 1 } },
  );
  if (!answer.ok) return fail(answer.error.message);
  if (flags.on('detach')) return undefined;
  return yield* rotation(cli, flags.on('quiet'));
}

/** Shows how far the nodes have got with a new root, until all have it; then prints it. Mirrors: progress/root_rotation.go. */
function* rotation(cli: Cli, quiet: boolean): Op<Outcome> {
  const lines = new ProgressLines(cli.columns(1));
  const show = function* (id: string, status: string, bar?: Bar): Op<void> {
    const counts = bar ? { ...bar, units: 'nodes' } : {};
    if (!quiet) yield* cli.out(lines.draw({ id, status, moving: true, ...counts }));
  };
  yield* show('desired root digest', '');
  yield* show(certificates, '');
  yield* show(roots, ' ');
  for (let done = false; ; ) {
    const swarm = yield* cli.client.get('/swarm');
    if (!swarm.ok) return fail(swarm.error.message);
    const root = text(swarm.value, 'TLSInfo.TrustRoot');
    if (done) {
      yield* cli.out(root.endsWith('\n') ? root : `${root}\n`);
      return undefined;
    }
    const nodes = yield* cli.client.get('/nodes');
    if (!nodes.ok) return fail(nodes.error.message);
    const progress = progressOf(swarm.value, list(nodes.value));
    yield* show('desired root digest', `sha256:${sha256(root)}`);
    yield* show(certificates, '', progress.issued);
    yield* show(roots, ' ', progress.trusting);
    done = progress.done;
    yield* sleep(cli.sim, micros(pollMicros));
  }
}

const certificates = '  rotated TLS certificates';
const roots = '  rotated CA certificates';

interface Bar {
  readonly current: number;
  readonly total: number;
}

/** Nodes with a certificate of the new root, and (once all have one) those that trust only that root. */
function progressOf(swarm: unknown, nodes: readonly unknown[]) {
  const same = (node: unknown, what: string): boolean =>
    text(node, `Description.TLSInfo.${what}`) === text(swarm, `TLSInfo.${what}`);
  const total = nodes.length;
  const issued = nodes.filter((node) => same(node, 'CertIssuerPublicKey')).length;
  const trusting = nodes.filter((node) => same(node, 'TrustRoot')).length;
  const over = issued === total && !flag(swarm, 'RootRotationInProgress');
  return {
    issued: { current: issued, total },
    trusting: { current: over ? trusting : 0, total },
    done: over && trusting === total,
  };
}

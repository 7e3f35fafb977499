// The docker command: finds the subcommand, reads its flags, runs it, and prints what went wrong.
//
// Mirrors: docker/cli cmd/docker/docker.go, cli/cobra.go, cli/required.go. Differs: no plugins are run.
import { dockerSocket } from '../api/index.ts';
import type { Process } from '../os/index.ts';
import { millis, type Op, sleep } from '../sim/index.ts';
import { Cli, fail, type Outcome } from './cli.ts';
import { Client } from './client.ts';
import { noSuchContext } from './command/context/store.ts';
import { handlers } from './command/index.ts';
import { type Flags, type ParsedLine, parseFlags } from './flags/parse.ts';
import { helpText, rootHelp, type SwarmState, usageLine } from './help.ts';
import { startLogging } from './logging.ts';
import { type CommandSpec, findChild, rootCommand } from './specs/index.ts';
import { clientVersion } from './version.ts';

/** What starting a Go program of this size takes. */
const startupMillis = 15;
const defaultAddress = 'unix:///var/run/docker.sock';

/** Runs `docker` and answers its exit status. */
export function* runDocker(process: Process): Op<number> {
  yield* sleep(process.sim, millis(startupMillis));
  const outcome = yield* dispatch(process, process.argv.slice(1));
  if (!outcome) return 0;
  if (outcome.message) yield* process.err(`${outcome.message}\n`);
  return outcome.exit;
}

function* dispatch(process: Process, words: readonly string[]): Op<Outcome> {
  const root = rootCommand();
  const parsed = parseFlags(root.flags, words, true);
  if (!parsed.ok) return badFlag(root, parsed.error);
  const { flags, args } = parsed.value;
  if (flags.on('version')) {
    yield* process.out(
      `Docker version ${clientVersion.Version}, build ${clientVersion.GitCommit}\n`,
    );
    return undefined;
  }
  const refused = yield* startLogging(process, flags);
  if (refused) return refused;
  const context = flags.given('context') ?? process.env.get('DOCKER_CONTEXT') ?? '';
  if (context !== '' && context !== 'default') return noSuchContext(context);
  const client = connect(process, flags);
  if (parsed.value.help) return yield* showHelp(new Cli(process, client, root), parsed.value);
  if (args.length === 0) {
    const cli = new Cli(process, client, root);
    yield* cli.err(yield* help(cli));
    return undefined;
  }
  if (args[0] === 'help') return yield* helpCommand(process, client, args.slice(1));
  return yield* runCommand(process, client, root, args);
}

function connect(process: Process, flags: Flags): Client {
  const address = flags.given('host') ?? process.env.get('DOCKER_HOST') ?? defaultAddress;
  const engine =
    address === defaultAddress ? process.host.connect(dockerSocket, process.fs) : undefined;
  return new Client(engine, address);
}

// ---- help -----------------------------------------------------------------------------------

function* swarmState(client: Client): Op<SwarmState> {
  if (!client.engine) return undefined;
  const ping = yield* client.request('HEAD', '/_ping');
  if (!ping.ok) return undefined;
  const header = ping.value.headers.Swarm ?? ping.value.headers.swarm;
  if (header === undefined) return undefined;
  if (header === 'active/manager') return 'manager';
  return header.startsWith('active') ? 'worker' : 'inactive';
}

function* help(cli: Cli): Op<string> {
  const columns = cli.columns(0) ?? 80;
  const swarm = yield* swarmState(cli.client);
  return cli.spec.path === ''
    ? rootHelp(cli.spec, columns, swarm)
    : helpText(cli.spec, columns, swarm);
}

function* showHelp(cli: Cli, line: ParsedLine): Op<Outcome> {
  if (line.deprecatedHelp) yield* cli.out('Flag shorthand -h has been deprecated, use --help\n');
  if (cli.spec.options.has('unsupported')) {
    yield* cli.out(`${unsupported(cli.spec)}\n`);
    return undefined;
  }
  yield* cli.out(yield* help(cli));
  return undefined;
}

function* helpCommand(process: Process, client: Client, topic: readonly string[]): Op<Outcome> {
  let spec = rootCommand();
  for (const word of topic) {
    const child = findChild(spec.children, word);
    if (!child) return fail(`unknown help topic: ${topic.join(' ')}`);
    spec = child;
  }
  const cli = new Cli(process, client, spec);
  yield* cli.out(yield* help(cli));
  return undefined;
}

// ---- commands -------------------------------------------------------------------------------

const commandPath = (spec: CommandSpec): string => `docker${spec.path ? ` ${spec.path}` : ''}`;
const unsupported = (spec: CommandSpec): string =>
  `${commandPath(spec)} is only supported on a Docker daemon with experimental features enabled`;

/** Goes down the tree of commands as far as the words lead. */
function* runCommand(
  process: Process,
  client: Client,
  parent: CommandSpec,
  words: readonly string[],
): Op<Outcome> {
  const [word = '', ...rest] = words;
  const spec = findChild(parent.children, word);
  if (!spec) {
    if (parent.path === '' && rest.includes('--help')) {
      yield* process.out(yield* help(new Cli(process, client, parent)));
      return undefined;
    }
    return unknownCommand(parent, word);
  }
  if (spec.children.length > 0 && rest.length > 0 && !(rest[0] ?? '').startsWith('-'))
    return yield* runCommand(process, client, spec, rest);
  const cli = new Cli(process, client, spec);
  const parsed = parseFlags(spec.flags, rest, spec.options.has('strict'));
  if (!parsed.ok) return badFlag(spec, parsed.error);
  if (parsed.value.help) return yield* showHelp(cli, parsed.value);
  if (spec.options.has('unsupported')) return fail(unsupported(spec));
  if (spec.children.length > 0) return yield* noSubcommand(cli, parsed.value.args);
  const { flags, args } = parsed.value;
  const wrong = wrongArguments(spec, args.length);
  if (wrong) return wrong;
  const handler = handlers[spec.canonical];
  if (!handler)
    return fail(`docker: not simulated here: docker ${spec.canonical} (only its help is)`);
  return yield* handler(cli, flags, args);
}

/** `docker network`: its help, as an error message that is none. */
function* noSubcommand(cli: Cli, args: readonly string[]): Op<Outcome> {
  if (args.length > 0) return unknownCommand(cli.spec, args[0] ?? '');
  const text = yield* help(cli);
  const { path, options } = cli.spec;
  if (options.has('buildx') || path === 'compose') yield* cli.out(text);
  else yield* cli.err(path === 'manifest' ? `\n${text}` : text);
  return undefined;
}

function unknownCommand(parent: CommandSpec, word: string): Outcome {
  const path = commandPath(parent);
  const usage = parent.path ? `Usage:  ${path}\n\n` : '';
  return fail(
    `docker: unknown command: ${path} ${word}\n\n${usage}Run '${path} --help' for more information`,
  );
}

function badFlag(spec: CommandSpec, problem: string): Outcome {
  const usage = spec.path === '' ? 'docker [OPTIONS] COMMAND [ARG...]' : usageLine(spec);
  const shown = spec.children.length > 0 && spec.path ? `${usage} COMMAND` : usage;
  return fail(
    `${problem}\n\nUsage:  ${shown}\n\nRun '${commandPath(spec)} --help' for more information`,
    125,
  );
}

function wrongArguments(spec: CommandSpec, count: number): Outcome {
  const { minimum, maximum } = spec;
  if (count >= minimum && count <= maximum) return undefined;
  const plural = (n: number): string => `${n} argument${n === 1 ? '' : 's'}`;
  // "SRun" is a slip in the real one.
  const [rule, see] =
    maximum === 0
      ? ['accepts no arguments', 'Run']
      : maximum === minimum
        ? [`requires ${plural(minimum)}`, 'Run']
        : maximum === Number.POSITIVE_INFINITY
          ? [`requires at least ${plural(minimum)}`, 'See']
          : minimum === 0
            ? [`requires at most ${plural(maximum)}`, 'SRun']
            : [`requires at least ${minimum} and at most ${plural(maximum)}`, 'Run'];
  const path = commandPath(spec);
  return fail(
    `docker: '${path}' ${rule}\n\nUsage:  ${usageLine(spec)}\n\n${see} '${path} --help' for more information`,
  );
}

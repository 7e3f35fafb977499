// Makes the help texts from the command table.
//
// Mirrors: docker/cli cli/cobra.go usageTemplate.
import { sortedBy } from '../std/index.ts';
import { flagUsages } from './flags/wrap.ts';
import { type CommandSpec, lastWord, longOf, shortOf } from './specs/notation.ts';

/** What the daemon's ping says of the swarm; undefined when there is no daemon to ask. */
export type SwarmState = 'inactive' | 'worker' | 'manager' | undefined;

const nameColumn = 11;

const commonCommands =
  'run exec ps build bake pull push images login logout search version info'.split(' ');

export const experimental = (path: string): string => `EXPERIMENTAL:
  docker ${path} is an experimental feature.
  Experimental features provide early access to product functionality. These
  features may change between releases without warning, or can be removed from a
  future release. Learn more about experimental features in our documentation:
  https://docs.docker.com/go/experimental/`;

export const usageLine = (spec: CommandSpec): string =>
  spec.usage.startsWith('=')
    ? spec.usage.slice(1)
    : `docker ${spec.path}${spec.usage ? ` ${spec.usage}` : ''}`;

const row = (name: string, short: string): string => `  ${name.padEnd(nameColumn)} ${short}`;

function shown(spec: CommandSpec, swarm: SwarmState): boolean {
  if (spec.options.has('hidden')) return false;
  if (swarm === undefined) return true;
  if (spec.options.has('manager')) return swarm === 'manager';
  return !spec.options.has('active') || swarm !== 'inactive';
}

function listing(title: string, commands: readonly CommandSpec[]): string[] {
  if (commands.length === 0) return [];
  const rows = commands.map((spec) =>
    row(lastWord(spec.path) + (spec.options.has('plugin') ? '*' : ''), shortOf(spec)),
  );
  return [`${title}:\n${rows.join('\n')}`];
}

/** The lists of subcommands, each with its title. */
function listings(children: readonly CommandSpec[], swarm: SwarmState): string[] {
  const visible = sortedBy(
    children.filter((spec) => shown(spec, swarm)),
    (spec) => spec.path,
  );
  const management = visible.filter((spec) => spec.options.has('management'));
  const swarmOnes = visible.filter((spec) => spec.options.has('swarm'));
  const rest = visible.filter((spec) => !management.includes(spec) && !swarmOnes.includes(spec));
  return [
    ...listing('Management Commands', management),
    ...listing('Swarm Commands', swarmOnes),
    ...listing('Commands', rest),
  ];
}

/** The help of one command, with its final newline. */
export function helpText(spec: CommandSpec, columns: number, swarm: SwarmState): string {
  const parts: string[] = [];
  const visibleFlags = spec.flags.some((flag) => !flag.hidden);
  if (spec.children.length > 0) {
    const path = spec.usage.startsWith('=') ? spec.usage.slice(1) : `docker ${spec.path}`;
    parts.push(`Usage:  ${path}${visibleFlags ? ' [OPTIONS]' : ''} COMMAND`);
  } else parts.push(`Usage:  ${usageLine(spec)}`);
  parts.push(longOf(spec));
  if (spec.options.has('experimental')) parts.push(experimental(spec.path));
  if (spec.paths.length > 0)
    parts.push(`Aliases:\n  ${spec.paths.map((path) => `docker ${path}`).join(', ')}`);
  if (visibleFlags) parts.push(`Options:\n${flagUsages(spec.flags, columns).trimEnd()}`);
  if (spec.children.length > 0) {
    const path = spec.usage.startsWith('=') ? spec.usage.slice(1) : `docker ${spec.path}`;
    parts.push(
      ...listings(spec.children, swarm),
      `Run '${path} COMMAND --help' for more information on a command.`,
    );
  }
  if (spec.options.has('buildx'))
    parts.push(
      'Experimental commands and flags are hidden. Set BUILDX_EXPERIMENTAL=1 to show them.',
    );
  return `${parts.join('\n\n')}\n`;
}

/** The help of `docker` itself. */
export function rootHelp(root: CommandSpec, columns: number, swarm: SwarmState): string {
  const common = commonCommands.flatMap((name) =>
    root.children.filter((spec) => spec.path === name),
  );
  const others = root.children.filter((spec) => !common.includes(spec));
  return `${[
    'Usage:  docker [OPTIONS] COMMAND',
    root.description,
    ...listing('Common Commands', common),
    ...listings(others, swarm),
    `Global Options:\n${flagUsages(root.flags, columns).trimEnd()}`,
    "Run 'docker COMMAND --help' for more information on a command.",
    'For more help on how to use Docker, head to https://docs.docker.com/go/guides/',
  ].join('\n\n')}\n`;
}

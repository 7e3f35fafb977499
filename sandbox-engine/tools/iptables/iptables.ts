// The program `iptables` (legacy).
import type { Process, Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { mayAdministerNetwork } from '../common/privilege.ts';
import { type Command, isTable, parseCommand } from './command.ts';
import { helpText } from './help.ts';
import type { ListOptions } from './list.ts';
import { addressNamerOf, numericAddress, resolverOf } from './names.ts';
import { runCommand } from './run.ts';
import { exits, fail, versionOf } from './version.ts';

export function listOptionsOf(process: Process, command: Command): ListOptions {
  // What -v says about a changed rule is always in numbers.
  const numeric = command.numeric || command.name !== 'L';
  return {
    numeric,
    verbose: command.verbose > 0,
    exact: command.exact,
    lineNumbers: command.lineNumbers,
    numericProtocols: command.numeric && versionOf(process).numericProtocols,
    addresses: numeric ? anyNumeric : addressNamerOf(process),
  };
}

const anyNumeric: ListOptions['addresses'] = (network) =>
  network.prefixLength === 0 ? '0.0.0.0/0' : numericAddress(network);

export const iptables: Program = function* (process): Op<number> {
  const request = parseCommand(process.argv.slice(1), { resolve: resolverOf(process) });
  const program = 'iptables';
  const { number: version } = versionOf(process);
  if (!request.ok) {
    if (request.error !== '') return yield* fail(process, program, request.error);
    yield* process.err(`Try \`${program} -h' or '${program} --help' for more information.\n`);
    return exits.parameter;
  }
  if (request.value.kind !== 'command') {
    const title = `${program} v${version} (legacy)\n`;
    yield* process.out(request.value.kind === 'help' ? `${title}\n${helpText}` : title);
    return exits.ok;
  }
  return yield* execute(process, program, request.value.command);
};

function* execute(process: Process, program: string, command: Command): Op<number> {
  const reason = !isTable(command.table)
    ? 'Table does not exist (do you need to insmod?)'
    : mayAdministerNetwork(process)
      ? undefined
      : 'Permission denied (you must be root)';
  if (reason !== undefined || !isTable(command.table)) {
    const message =
      `can't initialize iptables table \`${command.table}': ${reason}\n` +
      'Perhaps iptables or your kernel needs to be upgraded.';
    return yield* fail(process, program, message, exits.version);
  }
  const netfilter = process.kernel.netfilter(process.netns);
  const result = runCommand(netfilter, command.table, command, listOptionsOf(process, command));
  if (result.ok) {
    yield* process.out(result.value);
    return exits.ok;
  }
  if (result.error.kind === 'usage') return yield* fail(process, program, result.error.text);
  yield* process.err(`${program}: ${result.error.text}\n`);
  return exits.other;
}

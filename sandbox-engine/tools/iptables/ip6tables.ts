// `ip6tables`: IPv6 is not filtered in these hosts' simulated kernels; what can be said truly is said.
import type { Program } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import { exits, versionOf } from './version.ts';

const policies = '-P INPUT ACCEPT\n-P FORWARD ACCEPT\n-P OUTPUT ACCEPT\n';

export const ip6tables: Program = function* (process): Op<number> {
  const words = process.argv.slice(1).join(' ');
  if (words === '-V' || words === '--version') {
    yield* process.out(`ip6tables v${versionOf(process).number} (legacy)\n`);
    return exits.ok;
  }
  if (words === '-S' || words === '-t filter -S') {
    yield* process.out(policies);
    return exits.ok;
  }
  yield* process.err('ip6tables: not simulated here: IPv6 packet filtering\n');
  return exits.other;
};

export const ip6tablesSave: Program = function* (process): Op<number> {
  yield* process.err('ip6tables-save: not simulated here: IPv6 packet filtering\n');
  return exits.other;
};

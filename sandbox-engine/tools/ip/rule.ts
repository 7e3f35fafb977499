// `ip rule` and `ip xfrm`.
//
// Differs: policy routing has only the kernel's own three rules.
import { writeJson } from '../common/json.ts';
import {
  type Answer,
  expand,
  type IpContext,
  notSimulated,
  printed,
  unknownCommand,
  usageError,
} from './context.ts';

const rules = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
];

export function ruleCommand(context: IpContext, args: readonly string[]): Answer {
  const [word = 'list'] = args;
  const command = expand(word, [
    'list',
    'lst',
    'show',
    'save',
    'restore',
    'add',
    'delete',
    'flush',
    'help',
  ]);
  if (command === undefined) return unknownCommand(word, 'rule');
  if (command === 'help')
    return usageError(
      'Usage: ip rule { add | del } SELECTOR ACTION\n       ip rule { flush | save | restore }\n       ip rule [ list [ SELECTOR ]]',
    );
  if (command !== 'list' && command !== 'lst' && command !== 'show')
    return notSimulated(`ip rule ${command}`);
  // IPv6 has no table "default".
  const shown = context.options.family === 'inet6' ? rules.slice(0, 2) : rules;
  if (context.options.json) return printed(writeJson(shown, context.options.pretty));
  return printed(shown.map((r) => `${r.priority}:\tfrom ${r.src} lookup ${r.table}\n`).join(''));
}

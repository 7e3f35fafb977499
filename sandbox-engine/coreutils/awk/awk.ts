// awk (mawk on the hosts, BusyBox in containers): options and the program's way from text to a run.
import { type Flavoured, options } from '../common.ts';
import { AwkError } from './data.ts';
import { Interpreter } from './interpreter.ts';
import { unescapeAwk } from './lexer.ts';
import { parseAwk } from './parser.ts';

export const awk: Flavoured = (flavour) =>
  function* (p) {
    const parsed = yield* options(p, flavour, {
      flags: '',
      values: 'Fvfe',
      stopAtOperand: true,
      status: 2,
    });
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const operands = [...given.operands];
    let source = '';
    for (const file of given.values('f')) {
      const read = p.fs.read(p.fs.resolve(p.cwd, file));
      if (!read.ok) {
        yield* p.err(`awk: cannot open "${file}" (No such file or directory)\n`);
        return 2;
      }
      source += `${read.value}\n`;
    }
    if (given.values('f').length === 0) {
      const text = operands.shift();
      if (text === undefined) {
        yield* p.err('usage: awk [-F fs][-v var=value][prog | -f progfile][file ...]\n');
        return 2;
      }
      source = text;
    }
    const program = parseAwk(source);
    if (!program.ok) {
      yield* p.err(
        flavour === 'gnu'
          ? `awk: line 1: ${program.error}\n`
          : `awk: cmd. line:1: ${program.error}\n`,
      );
      return flavour === 'gnu' ? 2 : 1;
    }
    const interpreter = new Interpreter(p, program.value);
    const fs = given.value('F');
    if (fs !== undefined) interpreter.data.setGlobal('FS', fs === 't' ? '\t' : unescapeAwk(fs));
    for (const assignment of given.values('v')) {
      const at = assignment.indexOf('=');
      interpreter.data.setGlobal(assignment.slice(0, at), {
        input: unescapeAwk(assignment.slice(at + 1)),
      });
    }
    try {
      return yield* interpreter.run(operands);
    } catch (problem) {
      if (!(problem instanceof AwkError)) throw problem;
      yield* p.err(`awk: ${problem.message}\n`);
      return 2;
    }
  };

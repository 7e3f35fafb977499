// sed: its options and scripts, its inputs line by line, and files that are edited in place.
import type { Process } from '../../os/index.ts';
import type { Op } from '../../sim/index.ts';
import {
  complain,
  type Flavour,
  type Flavoured,
  fileErrorText,
  linesOf,
  options,
} from '../common.ts';
import { Editor } from './editor.ts';
import { parseSed, type SedCommand } from './parse.ts';

export const sed: Flavoured = (flavour) =>
  function* (p) {
    const words = p.argv.map((w) =>
      /^-i.+/.test(w) && !w.startsWith('--') && flavour === 'gnu' ? '-i' : w,
    );
    const parsed = yield* options(
      Object.create(p, { argv: { value: words } }) as Process,
      flavour,
      {
        flags: 'nErisz',
        values: 'ef',
        long: {
          quiet: 'n',
          silent: 'n',
          'regexp-extended': 'E',
          expression: 'e',
          file: 'f',
          'in-place': 'i',
          separate: 's',
        },
      },
    );
    if (!parsed.ok) return parsed.error;
    const given = parsed.value;
    const operands = [...given.operands];
    const scripts = [...given.values('e')];
    for (const file of given.values('f')) {
      const read = p.fs.read(p.fs.resolve(p.cwd, file));
      if (!read.ok) {
        yield* p.err(`sed: couldn't open file ${file}: No such file or directory\n`);
        return 1;
      }
      scripts.push(read.value);
    }
    if (scripts.length === 0) {
      const script = operands.shift();
      if (script === undefined) {
        yield* p.err('Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n');
        return 1;
      }
      scripts.push(script);
    }
    const commands = parseSed(scripts.join('\n'), given.has('E') || given.has('r'));
    if (!commands.ok) {
      yield* p.err(
        flavour === 'gnu'
          ? `sed: -e expression #1, ${commands.error}\n`
          : `sed: ${commands.error.replace(/^char \d+: /, '')}\n`,
      );
      return 1;
    }
    return yield* overInputs(
      p,
      commands.value,
      operands,
      given.has('n'),
      given.has('i') && flavour,
    );
  };

function* overInputs(
  p: Process,
  commands: readonly SedCommand[],
  names: readonly string[],
  quiet: boolean,
  inPlace: Flavour | false,
): Op<number> {
  let status = 0;
  const readable: { name: string; lines: string[] }[] = [];
  for (const name of names.length === 0 ? ['-'] : names) {
    if (name === '-') {
      if (names.length === 0) return yield* runStream(p, commands, quiet);
      readable.push({ name, lines: linesOf(yield* p.readAll(0)) });
      continue;
    }
    const read = p.fs.read(p.fs.resolve(p.cwd, name));
    if (read.ok) readable.push({ name, lines: linesOf(read.value) });
    else {
      if (read.error === 'ENOENT')
        yield* p.err(`sed: can't read ${name}: No such file or directory\n`);
      else yield* complain(p, name, read.error);
      status = 2;
    }
  }
  if (inPlace) {
    for (const file of readable) {
      const editor = new Editor(commands, quiet);
      let text = '';
      file.lines.forEach((line, i) => {
        if (!editor.quit) text += editor.line(line, i === file.lines.length - 1);
      });
      const written = p.fs.write(p.fs.resolve(p.cwd, file.name), text);
      if (written.ok) continue;
      const why = fileErrorText(written.error);
      if (inPlace === 'busybox') {
        yield* p.err(`sed: can't create temp file '${file.name}XXXXXX': ${why}\n`);
        return 1;
      }
      // The temporary file that is to replace it stands beside it.
      const folder = file.name.includes('/') ? file.name.replace(/[^/]*$/, '') : './';
      const name = `sed${p.sim.rng('coreutils/mktemp').base36(6)}`;
      yield* p.err(`sed: couldn't open temporary file ${folder}${name}: ${why}\n`);
      return 4;
    }
    return status;
  }
  const editor = new Editor(commands, quiet);
  const lines = readable.flatMap((file) => file.lines);
  for (const [i, line] of lines.entries()) {
    yield* p.out(editor.line(line, i === lines.length - 1));
    if (editor.quit) return editor.status;
  }
  return editor.status || status;
}

function* runStream(p: Process, commands: readonly SedCommand[], quiet: boolean): Op<number> {
  const editor = new Editor(commands, quiet);
  let line = yield* p.readLine(0);
  while (line !== null) {
    const next = yield* p.readLine(0);
    yield* p.out(editor.line(line, next === null));
    if (editor.quit) break;
    line = next;
  }
  return editor.status;
}

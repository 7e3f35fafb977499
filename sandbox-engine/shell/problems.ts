// Saying what is wrong with a piece of shell text, in the words of each shell.
import type { Op } from '../sim/index.ts';
import { lineOf, openHereDocument, type Problem, type Source } from './parse.ts';
import type { Shell } from './shell.ts';

/** Reports a syntax error. `within`: the builtin that parsed the text (`eval`), or `-c`. */
export function* reportProblem(shell: Shell, source: Source, within?: string): Op<void> {
  const { problem } = source;
  if (!problem) return;
  const text =
    shell.dialect.name === 'bash'
      ? bashWords(shell, source, problem, within)
      : `${plainPrefix(shell, source, problem, within)}${plainWords(shell, source, problem)}\n`;
  shell.status = 2;
  yield* shell.process.err(text);
}

function bashWords(
  shell: Shell,
  source: Source,
  problem: Problem,
  within: string | undefined,
): string {
  const lines = source.text.split('\n');
  const at = Math.min(problem.at, source.text.length);
  const line = lineOf(source.text, at);
  const { name, firstLine } = shell.place;
  const interactive = shell.isInteractive && !shell.inScript;
  const inner = within === undefined || within === 'trap' ? '' : `${within}: `;
  const head = (number: number): string =>
    interactive ? `${name}: ${inner}` : `${name}: ${inner}line ${firstLine + number - 1}: `;
  if (problem.kind === 'token') {
    const first = `${head(line)}syntax error near unexpected token \`${problem.token}'\n`;
    return interactive ? first : `${first}${head(line)}\`${lines[line - 1] ?? ''}'\n`;
  }
  if (problem.kind === 'end')
    return `${head(lines.length + (source.text.endsWith('\n') ? 0 : 1))}syntax error: unexpected end of file\n`;
  // An open `$(` is noticed at the end of the text.
  const noticed =
    /substitution/.test(source.script.errors?.[0]?.message ?? '') && problem.close === ')';
  return `${head(noticed ? lines.length + 1 : line)}unexpected EOF while looking for matching \`${problem.close}'\n`;
}

function plainPrefix(
  shell: Shell,
  source: Source,
  problem: Problem,
  within: string | undefined,
): string {
  const { name, firstLine } = shell.place;
  const line = firstLine + lineOf(source.text, problem.at) - 1;
  if (shell.dialect.name === 'dash')
    return `${name}: ${line}: ${within === 'eval' ? 'eval: ' : ''}`;
  const script = !shell.options.interactive && !shell.options.command && !shell.options.stdin;
  if (within === 'eval') return `${name}: eval: line ${shell.options.command ? 0 : line}: `;
  return script ? `${name}: line ${line}: ` : `${name}: `;
}

function plainWords(shell: Shell, source: Source, problem: Problem): string {
  const ash = shell.dialect.name === 'ash';
  if (problem.kind === 'unclosed') {
    if (problem.close === '`')
      return ash
        ? 'syntax error: EOF in backquote substitution'
        : 'Syntax error: EOF in backquote substitution';
    if (problem.close === '}')
      return ash ? "syntax error: missing '}'" : "Syntax error: Missing '}'";
    if (problem.close !== ')')
      return ash
        ? 'syntax error: unterminated quoted string'
        : 'Syntax error: Unterminated quoted string';
    return ash
      ? 'syntax error: unexpected end of file (expecting ")")'
      : 'Syntax error: end of file unexpected (expecting ")")';
  }
  const expected = expectation(source);
  if (problem.kind === 'end')
    return ash
      ? `syntax error: unexpected end of file${expected}`
      : `Syntax error: end of file unexpected${expected}`;
  const token = describeToken(problem.token);
  return ash
    ? `syntax error: unexpected ${token}${expected}`
    : `Syntax error: ${token} unexpected${expected}`;
}

/** ` (expecting "then")`, when the parser knows a single word that may stand there. */
function expectation(source: Source): string {
  const message = source.script.errors?.[0]?.message ?? '';
  const match = /^expected '(then|fi|do|done|esac|\)|\})'/.exec(message);
  if (match) return ` (expecting "${match[1]}")`;
  const body = /^expected command after '(if|then|do|else)'/.exec(message);
  return body ? (expectedAfter.get(body[1] as string) ?? '') : '';
}

const expectedAfter: ReadonlyMap<string, string> = new Map([
  ['then', ' (expecting "fi")'],
  ['else', ' (expecting "fi")'],
  ['do', ' (expecting "done")'],
]);

const operator = /^[;&|()<>]/;
const keywords = new Set(
  'if then else elif fi do done case esac while until for { } ! in function'.split(' '),
);

function describeToken(token: string): string {
  if (token === 'newline') return 'newline';
  if (/^[<>]/.test(token)) return 'redirection';
  return operator.test(token) || keywords.has(token) ? `"${token}"` : 'word';
}

/** bash warns of a here-document without its end, and takes it as it is. */
export function* warnOfHereDocument(shell: Shell, source: Source): Op<void> {
  if (shell.dialect.name !== 'bash') return;
  const open = openHereDocument(source);
  if (!open) return;
  const first = shell.place.firstLine;
  const start = first + lineOf(source.text, open.at) - 1;
  const end = first + source.text.split('\n').length - (source.text.endsWith('\n') ? 2 : 1);
  yield* shell.process.err(
    `${shell.place.name}: ${shell.isInteractive ? '' : `line ${end}: `}warning: here-document at line ${start} delimited by end-of-file (wanted \`${open.delimiter}')\n`,
  );
}

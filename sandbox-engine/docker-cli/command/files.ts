// Lists of variables and labels, from flags and from files.
//
// Mirrors: docker/cli opts/{env,envfile,parse}.go.
import { err, ok, type Result } from '../../std/index.ts';
import type { Cli } from '../cli.ts';
import type { Flags } from '../flags/parse.ts';

/** What files of that kind hold: a line each, without blank lines and comments. */
function linesOf(cli: Cli, paths: readonly string[]): Result<readonly string[], string> {
  const lines: string[] = [];
  for (const path of paths) {
    const read = cli.readFile(path);
    if ('error' in read) return err(read.error);
    lines.push(
      ...read.text
        .split('\n')
        .map((line) => line.trim())
        .filter((line) => line && !line.startsWith('#')),
    );
  }
  return ok(lines);
}

/** `A=1`, or `A` with the value that the client itself has; a name that it does not have is left out. */
export function environment(
  cli: Cli,
  flags: Flags,
  name = 'env',
): Result<readonly string[], string> {
  const lines = linesOf(cli, flags.list('env-file'));
  if (!lines.ok) return lines;
  const values = [...lines.value, ...flags.list(name)].flatMap((line) => {
    if (line.includes('=')) return [line];
    const own = cli.process.env.get(line);
    return own === undefined ? [] : [`${line}=${own}`];
  });
  return ok(values);
}

/** `a=1` → {a: '1'}; a name without value is empty. */
export function mapOf(items: readonly string[]): Record<string, string> {
  const map: Record<string, string> = {};
  for (const item of items) {
    const equals = item.indexOf('=');
    map[equals < 0 ? item : item.slice(0, equals)] = equals < 0 ? '' : item.slice(equals + 1);
  }
  return map;
}

/** Labels from --label and --label-file. */
export function labels(cli: Cli, flags: Flags): Result<Record<string, string>, string> {
  const lines = linesOf(cli, flags.list('label-file'));
  return lines.ok ? ok(mapOf([...lines.value, ...flags.list('label')])) : lines;
}

/** Splits a command line into words as a shell would, for `--entrypoint` of services and such. */
export function shellWords(text: string): string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|((?:[^\s"'\\]|\\.)+))+/g))
    words.push(
      match[0].replace(
        /"((?:[^"\\]|\\.)*)"|'([^']*)'|\\(.)/g,
        (_, d?: string, s?: string, e?: string) =>
          d !== undefined ? d.replace(/\\(["\\$`])/g, '$1') : (s ?? e ?? ''),
      ),
    );
  return words;
}

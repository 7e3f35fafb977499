// The programs by what they print, compared with what GNU and mawk print for the same command.
import { describe, expect, it } from 'vitest';
import { run, runUntil, testHost } from '../os/testing.ts';
import { coreutils } from './index.ts';

const fruit = 'pear 3\napple 10\nfig 2\napple 4\n';

function host() {
  const programs = Object.fromEntries([...coreutils].filter(([name]) => !name.includes(':')));
  return testHost({
    programs,
    tree: { '/root/fruit': fruit, '/root/a/one.txt': '1\n', '/root/a/two.log': '2\n' },
  });
}

type Case = readonly [
  name: string,
  argv: readonly string[],
  stdin: string,
  stdout: string,
  exit?: number,
  stderr?: string,
];

function check(cases: readonly Case[]): void {
  for (const [name, argv, stdin, stdout, exit = 0, stderr = ''] of cases)
    it(name, () => expect(run(host(), argv, { stdin })).toEqual({ stdout, stderr, exit }));
}

describe('grep', () =>
  check([
    ['prints the lines that match', ['grep', 'app', 'fruit'], '', 'apple 10\napple 4\n'],
    ['turns the match round with -v', ['grep', '-v', 'app', 'fruit'], '', 'pear 3\nfig 2\n'],
    ['counts', ['grep', '-c', 'app', 'fruit'], '', '2\n'],
    ['numbers lines and ignores case', ['grep', '-in', 'FIG'], fruit, '3:fig 2\n'],
    ['prints the matching part alone', ['grep', '-oE', '[0-9]+', 'fruit'], '', '3\n10\n2\n4\n'],
    ['treats + as a letter in basic expressions', ['grep', 'a+'], 'a+\naa\n', 'a+\n'],
    [
      'matches a bracket that keeps the pattern out of ps',
      ['grep', 'docker-prox[y]'],
      'grep docker-prox[y]\ndocker-proxy\n',
      'docker-proxy\n',
    ],
    [
      'matches classes',
      ['grep', '-E', '^[[:alpha:]]+ [[:digit:]]$', 'fruit'],
      '',
      'pear 3\nfig 2\napple 4\n',
    ],
    ['shows context', ['grep', '-A1', 'fig', 'fruit'], '', 'fig 2\napple 4\n'],
    [
      'names the files of several',
      ['grep', '1', 'fruit', 'a/one.txt'],
      '',
      'fruit:apple 10\na/one.txt:1\n',
    ],
    ['ends with 1 when nothing matches', ['grep', 'kiwi', 'fruit'], '', '', 1],
    [
      'ends with 2 when a file is missing',
      ['grep', 'x', 'nofile'],
      '',
      '',
      2,
      'grep: nofile: No such file or directory\n',
    ],
    ['is quiet with -q', ['grep', '-q', 'pear', 'fruit'], '', ''],
    ['accepts --color=auto', ['grep', '--color=auto', 'fig', 'fruit'], '', 'fig 2\n'],
    [
      'says what is wrong with an expression',
      ['grep', '-E', '(', 'fruit'],
      '',
      '',
      2,
      'grep: Unmatched ( or \\(\n',
    ],
  ]));

describe('sed', () =>
  check([
    [
      'substitutes once a line',
      ['sed', 's/p/P/', 'fruit'],
      '',
      'Pear 3\naPple 10\nfig 2\naPple 4\n',
    ],
    ['substitutes everywhere with g', ['sed', 's/p/P/g'], 'apple\n', 'aPPle\n'],
    ['prints chosen lines', ['sed', '-n', '2,3p', 'fruit'], '', 'apple 10\nfig 2\n'],
    ['deletes up to a match', ['sed', '1,/apple/d', 'fruit'], '', 'fig 2\napple 4\n'],
    [
      'puts groups back',
      ['sed', '-E', 's/([a-z]+) ([0-9]+)/\\2 \\1/', 'fruit'],
      '',
      '3 pear\n10 apple\n2 fig\n4 apple\n',
    ],
    [
      'knows & and another delimiter',
      ['sed', 's|fig|<&>|', 'fruit'],
      '',
      'pear 3\napple 10\n<fig> 2\napple 4\n',
    ],
    ['quits', ['sed', '2q', 'fruit'], '', 'pear 3\napple 10\n'],
    ['addresses the last line', ['sed', '-n', '$p', 'fruit'], '', 'apple 4\n'],
    [
      'runs several commands',
      ['sed', '-e', 's/pear/kiwi/', '-e', '/fig/d', 'fruit'],
      '',
      'kiwi 3\napple 10\napple 4\n',
    ],
    [
      'joins lines with a loop',
      ['sed', ':a;N;$!ba;s/\\n/,/g', 'fruit'],
      '',
      'pear 3,apple 10,fig 2,apple 4\n',
    ],
    ['appends and inserts', ['sed', '1i\\top', 'a/one.txt'], '', 'top\n1\n'],
    ['translates', ['sed', 'y/abc/xyz/'], 'aabbcc\n', 'xxyyzz\n'],
    [
      'names an unknown command',
      ['sed', 'k', 'fruit'],
      '',
      '',
      1,
      "sed: -e expression #1, char 1: unknown command: `k'\n",
    ],
    [
      'names an unterminated s',
      ['sed', 's/a/b', 'fruit'],
      '',
      '',
      1,
      "sed: -e expression #1, char 5: unterminated `s' command\n",
    ],
  ]));

describe('awk', () =>
  check([
    ['prints fields', ['awk', '{print $2, $1}', 'fruit'], '', '3 pear\n10 apple\n2 fig\n4 apple\n'],
    [
      'sums in an array',
      ['awk', '{n[$1] += $2} END {print n["apple"], length(n)}', 'fruit'],
      '',
      '14 3\n',
    ],
    ['matches patterns', ['awk', '/apple/ && $2 > 5', 'fruit'], '', 'apple 10\n'],
    [
      'takes a separator and variables',
      ['awk', '-F:', '-v', 'x=7', '{print $2 + x}'],
      'a:1\nb:2\n',
      '8\n9\n',
    ],
    [
      'formats',
      ['awk', 'BEGIN {printf "%5.2f|%-4s|%03d|%x\\n", 3.14159, "ab", 7, 255}'],
      '',
      ' 3.14|ab  |007|ff\n',
    ],
    ['counts records and fields', ['awk', 'END {print NR, NF}', 'fruit'], '', '4 2\n'],
    ['prints a range of lines', ['awk', 'NR==2, NR==3', 'fruit'], '', 'apple 10\nfig 2\n'],
    [
      'substitutes and splits',
      ['awk', '{gsub(/p/, "<&>"); n = split($1, a, "<"); print $0, n}'],
      'apple\n',
      'a<p><p>le 3\n',
    ],
    [
      'runs loops and functions',
      [
        'awk',
        'function f(n) { return n < 2 ? 1 : n * f(n - 1) } BEGIN { for (i = 1; i <= 5; i++) s = s f(i) " "; print s }',
      ],
      '',
      '1 2 6 24 120 \n',
    ],
    [
      'compares input as numbers where it looks like numbers',
      ['awk', '$1 > $2'],
      '10 9\nb a\n',
      '10 9\nb a\n',
    ],
    ['rebuilds the record', ['awk', 'BEGIN{OFS="-"} {$1=$1; print}'], 'a b c\n', 'a-b-c\n'],
    ['prints the last field', ['awk', '{print $NF; print $(NF-1)}'], 'a b c\n', 'c\nb\n'],
    [
      'concatenates and does arithmetic',
      ['awk', 'BEGIN {print 1 " " 2+3 " " 2^10 " " 7%3 " " (-3)}'],
      '',
      '1 5 1024 1 -3\n',
    ],
    ['ends with the status of exit', ['awk', 'BEGIN {exit 3}'], '', '', 3],
    [
      'says where a program is wrong',
      ['awk', '{print'],
      '',
      '',
      2,
      'awk: line 1: syntax error at or near end of file\n',
    ],
  ]));

describe('text and fields', () =>
  check([
    ['head takes the first lines', ['head', '-n', '2', 'fruit'], '', 'pear 3\napple 10\n'],
    ['head takes bytes as they come', ['head', '-c', '6', '-'], fruit, 'pear 3'],
    [
      'head says which option it does not know',
      ['head', '-Z'],
      '',
      '',
      1,
      "head: invalid option -- 'Z'\nTry 'head --help' for more information.\n",
    ],
    ['head understands -1', ['head', '-1'], fruit, 'pear 3\n'],
    ['tail takes the last lines', ['tail', '-n', '1', 'fruit'], '', 'apple 4\n'],
    ['tail starts at a line', ['tail', '-n', '+3', 'fruit'], '', 'fig 2\napple 4\n'],
    ['wc counts lines of standard input', ['wc', '-l'], fruit, '4\n'],
    ['wc counts a file', ['wc', 'fruit'], '', ' 4  8 30 fruit\n'],
    ['sort sorts by code unit', ['sort', 'fruit'], '', 'apple 10\napple 4\nfig 2\npear 3\n'],
    [
      'sort sorts by a numeric key, reversed',
      ['sort', '-k2', '-nr', 'fruit'],
      '',
      'apple 10\napple 4\npear 3\nfig 2\n',
    ],
    ['sort -V sorts versions', ['sort', '-V'], 'v10\nv9\n', 'v9\nv10\n'],
    ['uniq -c counts neighbours', ['uniq', '-c'], 'a\na\nb\n', '      2 a\n      1 b\n'],
    ['cut takes fields', ['cut', '-d', ' ', '-f', '2', 'fruit'], '', '3\n10\n2\n4\n'],
    ['cut takes characters', ['cut', '-c1-3', 'fruit'], '', 'pea\napp\nfig\napp\n'],
    ['tr translates ranges', ['tr', 'a-z', 'A-Z'], 'pear\n', 'PEAR\n'],
    ['tr deletes', ['tr', '-d', '0-9\\n'], 'a1b2\n', 'ab'],
    ['tr squeezes', ['tr', '-s', ' '], 'a   b\n', 'a b\n'],
    ['seq counts', ['seq', '8', '10'], '', '8\n9\n10\n'],
    ['tac turns round', ['tac'], 'a\nb\n', 'b\na\n'],
    ['column aligns', ['column', '-t', 'fruit'], '', 'pear   3\napple  10\nfig    2\napple  4\n'],
    [
      'cat complains and goes on',
      ['cat', 'nofile', 'a/one.txt'],
      '',
      '1\n',
      1,
      'cat: nofile: No such file or directory\n',
    ],
    ['xargs gathers words', ['xargs', 'echo', 'got'], 'a b\nc\n', 'got a b c\n'],
    ['expr adds', ['expr', '2', '+', '3'], '', '5\n'],
    ['printf repeats its format', ['printf', '%s-%d\\n', 'a', '1', 'b', '2'], '', 'a-1\nb-2\n'],
    [
      'date prints a given time',
      ['date', '-d', '@0', '+%Y-%m-%d %H:%M:%S'],
      '',
      '1970-01-01 00:00:00\n',
    ],
    ['timeout ends what takes too long', ['timeout', '1', 'sleep', '5'], '', '', 124],
  ]));

describe('files', () => {
  it('makes, copies, moves, lists and removes', () => {
    const machine = host();
    const go = (...argv: string[]) => run(machine, argv);
    expect(go('mkdir', '-p', 'x/y').exit).toBe(0);
    expect(go('cp', 'fruit', 'x/y').exit).toBe(0);
    expect(go('mv', 'x/y/fruit', 'x/basket').exit).toBe(0);
    expect(go('ls', 'x').stdout).toBe('basket\ny\n');
    expect(go('rm', 'x')).toEqual({
      stdout: '',
      stderr: "rm: cannot remove 'x': Is a directory\n",
      exit: 1,
    });
    expect(go('rm', '-r', 'x').exit).toBe(0);
    expect(go('ls', 'x')).toEqual({
      stdout: '',
      stderr: "ls: cannot access 'x': No such file or directory\n",
      exit: 2,
    });
  });

  it.each<[string, number, ...string[]]>([
    ["touch: cannot touch '/t/new'", 1, 'touch', '/t/new'],
    ["touch: cannot touch '/t'", 1, 'touch', '/t'],
    ['mkdir: cannot create directory ‘/t/new’', 1, 'mkdir', '/t/new'],
    ["rmdir: failed to remove '/t/b'", 1, 'rmdir', '/t/b'],
    ["rm: cannot remove '/t/one.txt'", 1, 'rm', '-f', '/t/one.txt'],
    ["cp: cannot create regular file '/t/fruit'", 1, 'cp', 'fruit', '/t'],
    ["cp: cannot create directory '/t/new'", 1, 'cp', '-r', 'a', '/t/new'],
    ["mv: cannot create regular file '/t/fruit'", 1, 'mv', 'fruit', '/t/'],
    ["mv: cannot move '/t/one.txt' to '/t/two'", 1, 'mv', '/t/one.txt', '/t/two'],
    ["chmod: changing permissions of '/t/one.txt'", 1, 'chmod', '600', '/t/one.txt'],
    ["ln: failed to create symbolic link '/t/new'", 1, 'ln', '-s', 'x', '/t/new'],
    ['tee: /t/new', 1, 'tee', '/t/new'],
    ['sort: open failed: /t/new', 2, 'sort', '-o', '/t/new', 'fruit'],
  ])('says of a read-only file system: %s', (text, exit, ...argv) => {
    const machine = host();
    machine.fs.mkdir('/root/a/b');
    machine.fs.mountTree('/t', machine.fs, '/root/a', { readOnly: true });
    const { stderr, exit: status } = run(machine, argv);
    expect([stderr, status]).toEqual([`${text}: Read-only file system\n`, exit]);
    expect(machine.fs.list('/root/a')).toEqual({ ok: true, value: ['b', 'one.txt', 'two.log'] });
  });

  it('a device without an end is read as far as is asked for', () => {
    expect(run(host(), ['head', '-c', '5', '/dev/zero']).stdout).toBe('\0'.repeat(5));
    expect(run(host(), ['head', '-c', '70000', '/dev/zero']).stdout).toBe('\0'.repeat(70000));
    expect(run(host(), ['head', '-c', '5', '/dev/urandom']).stdout).toHaveLength(5);
    expect(run(host(), ['cat', '/dev/null']).stdout).toBe('');
  });

  it('mv copies out of a read-only file system, and cannot remove', () => {
    const machine = host();
    machine.fs.mountTree('/t', machine.fs, '/root/a', { readOnly: true });
    expect(run(machine, ['mv', '/t/one.txt', '.'])).toEqual({
      stdout: '',
      stderr: "mv: cannot remove '/t/one.txt': Read-only file system\n",
      exit: 1,
    });
    expect(machine.fs.read('/root/one.txt')).toEqual({ ok: true, value: '1\n' });
    expect(machine.fs.exists('/root/a/one.txt')).toBe(true);
  });

  it('follows and shows symbolic links', () => {
    const machine = host();
    run(machine, ['ln', '-s', '/root/fruit', 'link']);
    expect(run(machine, ['readlink', 'link']).stdout).toBe('/root/fruit\n');
    expect(run(machine, ['head', '-1', 'link']).stdout).toBe('pear 3\n');
  });

  it('finds by name and type', () => {
    expect(run(host(), ['find', 'a', '-name', '*.txt']).stdout).toBe('a/one.txt\n');
    expect(run(host(), ['find', '/root/a', '-type', 'd']).stdout).toBe('/root/a\n');
  });
});

it('head -c ends what would write for ever', () => {
  const machine = host();
  const pipe = machine.pipe();
  const writer = machine.spawn({ argv: ['yes'], fds: new Map([[1, pipe.writer]]) });
  const output = machine.pipe();
  const reader = machine.spawn({
    argv: ['head', '-c', '5'],
    fds: new Map([
      [0, pipe.reader],
      [1, output.writer],
    ]),
  });
  for (const file of [pipe.reader, pipe.writer, output.writer]) file.release();
  runUntil(machine.sim, () => false, 1);
  expect(output.reader.read()).toBe('y\ny\ny');
  expect([writer, reader].map((one) => one.ok && one.value.exitStatus)).toEqual([141, 0]);
});

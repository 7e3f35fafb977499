import { beforeEach, describe, expect, test } from 'vitest';
import { page, ToolsLab } from '../testing.ts';

let lab: ToolsLab;

beforeEach(() => {
  lab = new ToolsLab();
  const worker = lab.machine('worker1', '192.168.56.11/24', '02:56:00:00:00:11');
  lab.serveHttp(worker, (request) => {
    if (request.target === '/moved') return page(302, '', [['Location', '/here']]);
    if (request.target === '/missing') return page(404, 'nope\n');
    return page(200, `${request.method} ${request.target}\n`);
  });
});

/** Times and rates are not the point. */
const still = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'NOW')
    .replace(/ {1,2}[\d.]+[KMG]=[\d.]+s/g, ' RATE=Ts')
    .replace(/\([\d.]+ [KMG]?B\/s\)/g, '(RATE)');

describe('wget', () => {
  test('saves a page, and says so', () => {
    const { stderr, exit } = lab.run('wget http://worker1');
    expect(exit).toBe(0);
    expect(still(stderr)).toBe(`--NOW--  http://worker1/
Resolving worker1 (worker1)... 192.168.56.11
Connecting to worker1 (worker1)|192.168.56.11|:80... connected.
HTTP request sent, awaiting response... 200 OK
Length: 6 [text/plain]
Saving to: 'index.html'

     0K                                                       100% RATE=Ts

NOW (RATE) - 'index.html' saved [6/6]

`);
    expect(lab.host.fs.read('/root/index.html')).toEqual({ ok: true, value: 'GET /\n' });
    expect(lab.run('wget -q http://worker1').stderr).toBe('');
    expect(lab.host.fs.read('/root/index.html.1')).toEqual({ ok: true, value: 'GET /\n' });
  });

  test('writes to standard output, and follows', () => {
    expect(lab.run('wget -qO- worker1/moved')).toEqual({
      stdout: 'GET /here\n',
      stderr: '',
      exit: 0,
    });
    expect(still(lab.run('wget -nv -O - 192.168.56.11').stderr)).toBe(
      'NOW URL:http://192.168.56.11/ [6/6] -> "-" [1]\n',
    );
  });

  test.each([
    [
      'wget http://worker1/missing',
      8,
      'HTTP request sent, awaiting response... 404 Not Found\nNOW ERROR 404: Not Found.\n\n',
    ],
    [
      'wget http://192.168.56.11:81/',
      4,
      'Connecting to 192.168.56.11:81... failed: Connection refused.\n',
    ],
    ['wget -t 1 -T 1 http://192.168.56.77/', 4, 'failed: Connection timed out.\nGiving up.\n\n'],
    [
      'wget',
      1,
      "wget: missing URL\nUsage: wget [OPTION]... [URL]...\n\nTry `wget --help' for more options.\n",
    ],
  ])('%s', (line, status, text) => {
    const { stderr, exit } = lab.run(line);
    expect(exit).toBe(status);
    expect(still(stderr)).toContain(text);
  });
});

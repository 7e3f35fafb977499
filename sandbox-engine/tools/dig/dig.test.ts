import { beforeEach, describe, expect, test } from 'vitest';
import { ToolsLab } from '../testing.ts';

let lab: ToolsLab;

beforeEach(() => {
  lab = new ToolsLab();
  const gateway = lab.machine('gateway', '192.168.56.1/24', '02:56:00:00:00:01');
  lab.serveDns(
    gateway,
    {
      web: ['10.0.1.2'],
      'tasks.web': ['10.0.1.3', '10.0.1.5', '10.0.1.4'],
      '5.1.0.10.in-addr.arpa': ['ubuntu.1.mud5a761xduorwrva26ficnrk.overnet.'],
      '77.0.50.10.in-addr.arpa': ['cb.n2.'],
    },
    600,
  );
});

/** Ids and durations differ. */
const plain = (text: string): string =>
  text.replace(/id: \d+/, 'id: N').replace(/Query time: \d+/, 'Query time: N');

describe('dig', () => {
  test('prints a whole answer as recorded', () => {
    expect(plain(lab.out('bookworm:dig tasks.web'))).toBe(`
; <<>> DiG 9.18.49-1~deb12u1-Debian <<>> tasks.web
;; global options: +cmd
;; Got answer:
;; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: N
;; flags: qr rd ra; QUERY: 1, ANSWER: 3, AUTHORITY: 0, ADDITIONAL: 0

;; QUESTION SECTION:
;tasks.web.			IN	A

;; ANSWER SECTION:
tasks.web.		600	IN	A	10.0.1.3
tasks.web.		600	IN	A	10.0.1.5
tasks.web.		600	IN	A	10.0.1.4

;; Query time: N msec
;; SERVER: 192.168.56.1#53(192.168.56.1) (UDP)
;; WHEN: Sun Nov 22 00:00:00 UTC 2026
;; MSG SIZE  rcvd: 102

`);
  });

  test('lines up long names with a blank, and asks for names by address', () => {
    const lines = lab.out('dig -x 10.50.0.77').split('\n');
    expect(lines).toContain(';77.0.50.10.in-addr.arpa.	IN	PTR');
    expect(lines).toContain('77.0.50.10.in-addr.arpa. 600	IN	PTR	cb.n2.');
    expect(lines).toContain(';; MSG SIZE  rcvd: 83');
    expect(lab.out('dig +short -x 10.0.1.5')).toBe('ubuntu.1.mud5a761xduorwrva26ficnrk.overnet.\n');
  });

  test('prints only what is asked for', () => {
    expect(lab.out('dig +short tasks.web')).toBe('10.0.1.3\n10.0.1.5\n10.0.1.4\n');
    expect(lab.out('dig +noall +answer web tasks.web').split('\n')[0]).toBe(
      'web.			600	IN	A	10.0.1.2',
    );
    expect(lab.out('dig AAAA web')).toContain('ANSWER: 0');
  });

  test('gives up when nobody answers', () => {
    lab.machine('worker1', '192.168.56.11/24', '02:56:00:00:00:11');
    expect(lab.run('dig @192.168.56.11 web +tries=1')).toEqual({
      stdout: `;; communications error to 192.168.56.11#53: connection refused

; <<>> DiG 9.20.15-1-Debian <<>> @192.168.56.11 web +tries=1
; (1 server found)
;; global options: +cmd
;; no servers could be reached
`,
      stderr: '',
      exit: 9,
    });
  });
});

describe('nslookup', () => {
  test('of BIND', () => {
    expect(lab.out('nslookup tasks.web')).toBe(`Server:		192.168.56.1
Address:	192.168.56.1#53

Non-authoritative answer:
Name:	tasks.web
Address: 10.0.1.3
Name:	tasks.web
Address: 10.0.1.5
Name:	tasks.web
Address: 10.0.1.4

`);
    expect(lab.run('nslookup nosuch')).toEqual({
      stdout:
        "Server:		192.168.56.1\nAddress:	192.168.56.1#53\n\n** server can't find nosuch: NXDOMAIN\n\n",
      stderr: '',
      exit: 1,
    });
    expect(lab.out('nslookup 10.0.1.5')).toBe(
      '5.1.0.10.in-addr.arpa	name = ubuntu.1.mud5a761xduorwrva26ficnrk.overnet.\n\nAuthoritative answers can be found from:\n\n',
    );
  });

  test('of BusyBox, which asks for A and AAAA together', () => {
    expect(lab.out('busybox:nslookup web')).toBe(`Server:		192.168.56.1
Address:	192.168.56.1:53

Non-authoritative answer:
Name:	web
Address: 10.0.1.2

Non-authoritative answer:

`);
    expect(lab.run('busybox:nslookup nosuch')).toEqual({
      stdout: `Server:		192.168.56.1
Address:	192.168.56.1:53

** server can't find nosuch: NXDOMAIN

** server can't find nosuch: NXDOMAIN

`,
      stderr: '',
      exit: 1,
    });
  });
});

test('getent gives addresses as the C library does', () => {
  expect(lab.out('getent hosts web')).toBe('10.0.1.2        web\n');
  expect(lab.out('getent ahosts web')).toBe(
    '10.0.1.2        STREAM web\n10.0.1.2        DGRAM  \n10.0.1.2        RAW    \n',
  );
  expect(lab.out('getent hosts 192.168.56.11')).toBe('192.168.56.11   worker1\n');
  expect(lab.run('getent hosts nosuch').exit).toBe(2);
});

test('addresses on the own network come nearest first', () => {
  lab.out('ip addr add 10.0.1.2/24 dev eth0');
  expect(
    lab
      .out('getent ahostsv4 tasks.web')
      .match(/^[\d.]+/gm)
      ?.filter((_, i) => i % 3 === 0),
  ).toEqual(['10.0.1.3', '10.0.1.5', '10.0.1.4']);
});

test('host says it in words', () => {
  expect(lab.out('host web')).toBe('web has address 10.0.1.2\n');
  expect(lab.run('host nosuch')).toEqual({
    stdout: 'Host nosuch not found: 3(NXDOMAIN)\n',
    stderr: '',
    exit: 1,
  });
});

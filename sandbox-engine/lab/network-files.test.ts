// bash's /dev/tcp and /dev/udp: connections as files.
import { expect, it } from 'vitest';
import { createLab } from './index.ts';

const lab = createLab({ seed: 1, scenario: 'nodes' });
const does = (command: string): string => {
  const { stdout, stderr } = lab.exec('manager1', command);
  return `${stdout}${stderr}`;
};
does('docker run -d --name w1 -p 8080:80 nginx:alpine; sleep 1');
const file = '/dev/tcp/127.0.0.1';

it.each([
  [`echo > ${file}/8080 && echo open`, 'open\n'],
  [
    `echo > ${file}/8081`,
    `bash: connect: Connection refused\nbash: line 1: ${file}/8081: Connection refused\n`,
  ],
  [`(echo > ${file}/8081) 2>/dev/null && echo open || echo closed`, 'closed\n'],
  [
    `exec 3<>${file}/8080; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; head -1 <&3; exec 3>&-`,
    'HTTP/1.1 200 OK\r\n',
  ],
  ["timeout 1 bash -c 'echo > /dev/tcp/8.8.4.4/80'; echo $?", '124\n'],
  [
    'echo > /dev/tcp/nosuch/80',
    'bash: line 1: nosuch: Name or service not known\nbash: line 1: /dev/tcp/nosuch/80: Invalid argument\n',
  ],
  [
    "docker exec w1 sh -c 'echo > /dev/tcp/127.0.0.1/80'",
    "sh: can't create /dev/tcp/127.0.0.1/80: nonexistent directory\n",
  ],
])('%s', (command, printed) => {
  expect(does(command)).toBe(printed);
});

it('a datagram for each write', () => {
  const listen = 'timeout 3 nc -lu 9999 > /tmp/got & sleep 1';
  expect(does(`${listen}; echo hi > /dev/udp/127.0.0.1/9999; wait; cat /tmp/got`)).toBe('hi\n');
});

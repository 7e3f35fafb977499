import { expect, test } from 'vitest';
import { run, testHost } from '../os/testing.ts';
import { coreutils } from './index.ts';

const tree = {
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nwww-data:x:33:33:www:/var/www:/bin/sh\n',
  '/etc/group': 'root:x:0:\nadm:x:4:\nwww-data:x:33:\n',
  '/a/b/c': 'text',
};

/** What the commands print, one after another on one host. */
function prints(...commands: readonly string[]): string {
  const host = testHost({ programs: Object.fromEntries(coreutils), tree });
  return commands
    .map((command) => {
      const { stdout, stderr } = run(host, command.split(' '));
      return `${stdout}${stderr}`;
    })
    .join('');
}

const look = 'stat -c %A,%U,%G,%u,%g /a /a/b /a/b/c';

test.each([
  [
    'chmod -R go-rwx /a',
    'drwx------,root,root,0,0\ndrwx------,root,root,0,0\n-rw-------,root,root,0,0\n',
  ],
  [
    'chmod -R u=rwX,go=,+t /a',
    'drwx-----T,root,root,0,0\ndrwx-----T,root,root,0,0\n-rw------T,root,root,0,0\n',
  ],
  [
    'chown -R www-data:adm /a',
    'drwxr-xr-x,www-data,adm,33,4\ndrwxr-xr-x,www-data,adm,33,4\n-rw-r--r--,www-data,adm,33,4\n',
  ],
  [
    'chown www-data: /a',
    'drwxr-xr-x,www-data,www-data,33,33\ndrwxr-xr-x,root,root,0,0\n-rw-r--r--,root,root,0,0\n',
  ],
  [
    'chgrp 12 /a',
    'drwxr-xr-x,root,UNKNOWN,0,12\ndrwxr-xr-x,root,root,0,0\n-rw-r--r--,root,root,0,0\n',
  ],
])('%s', (command, shown) => {
  expect(prints(command, look)).toBe(shown);
});

test.each([
  ['chown nosuch /a', "chown: invalid user: 'nosuch'\n"],
  ['chown :nosuch /a', "chown: invalid group: 'nosuch'\n"],
  ['chmod foo /a', "chmod: invalid mode: 'foo'\nTry 'chmod --help' for more information.\n"],
  ['chmod 755 /nosuch', "chmod: cannot access '/nosuch': No such file or directory\n"],
])('%s is refused', (command, message) => {
  expect(prints(command)).toBe(message);
});

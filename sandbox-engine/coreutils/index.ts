// The everyday programs of a Linux host and of BusyBox, by the name under which images refer to them.
import type { Program } from '../os/index.ts';
import { awk } from './awk/awk.ts';
import type { Flavoured } from './common.ts';
import { diff } from './diff.ts';
import { fieldPrograms } from './fields.ts';
import { fileStatusPrograms } from './file-status.ts';
import { filePrograms } from './files.ts';
import { find, xargs } from './find.ts';
import { grep } from './grep.ts';
import { headAndTail } from './head-tail.ts';
import { identityPrograms } from './identity.ts';
import { ls } from './ls.ts';
import { mount } from './mount.ts';
import { permissionPrograms } from './permissions.ts';
import { processPrograms } from './processes.ts';
import { sed } from './sed/sed.ts';
import { systemPrograms } from './system.ts';
import { servicePrograms } from './systemd.ts';
import { textPrograms } from './text.ts';
import { timePrograms } from './time.ts';

const flavoured: Readonly<Record<string, Flavoured>> = {
  ...textPrograms,
  ...headAndTail,
  ...fieldPrograms,
  ...filePrograms,
  ...fileStatusPrograms,
  ...permissionPrograms,
  ...systemPrograms,
  ...identityPrograms,
  ...processPrograms,
  ...timePrograms,
  awk,
  diff,
  find,
  grep,
  egrep: grep,
  fgrep: grep,
  ls,
  sed,
  xargs,
};

/** The names without a flavour: what a host's /usr/bin and a Debian-like image's hold. */
export const coreutilNames: readonly string[] = Object.keys(flavoured);

/** `grep` is GNU's, `busybox:grep` BusyBox's. */
export const coreutils: ReadonlyMap<string, Program> = new Map([
  ...Object.entries(flavoured).flatMap(([name, make]): [string, Program][] => [
    [name, make('gnu')],
    [`busybox:${name}`, make('busybox')],
  ]),
  ...servicePrograms,
  ['busybox:mount', mount],
]);

// The same scripts as real shells ran: bash 5.2.15, dash 0.5.12 and BusyBox 1.35 ash (Debian 12), by `SHELL -c SCRIPT` in /root
// with standard input from /dev/null. Recorded once; what is here must stay as it was.
import { describe, expect, test } from 'vitest';
import { run } from '../os/testing.ts';
import { shellHost } from './testing.ts';
import ash from './transcripts/ash.json' with { type: 'json' };
import bash from './transcripts/bash.json' with { type: 'json' };
import dash from './transcripts/dash.json' with { type: 'json' };

interface Transcript {
  readonly cmd: string;
  readonly stdout: string;
  readonly stderr: string;
  readonly exit: number;
}

const shells: Readonly<Record<string, Readonly<Record<string, readonly Transcript[]>>>> = {
  bash,
  dash,
  ash,
};

for (const [shell, areas] of Object.entries(shells))
  for (const [area, transcripts] of Object.entries(areas))
    describe(`${shell}: ${area}`, () => {
      test.each(transcripts.map((one) => [one.cmd, one] as const))('%s', (cmd, expected) => {
        const { stdout, stderr, exit } = run(shellHost(), [shell, '-c', cmd]);
        expect({ cmd, stdout, stderr, exit }).toEqual(expected);
      });
    });

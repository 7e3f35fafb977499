// nginx's two logs: lines with the process that wrote them, and one line for each request.
import type { OpenFile, Process } from '../../os/index.ts';
import { civilTime, monthNames } from '../../std/index.ts';
import { nowMillis } from '../http-server.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** `2026/11/22 00:04:55`. */
function logTime(process: Process): string {
  const t = civilTime(nowMillis(process.sim));
  return `${t.year}/${two(t.month)}/${two(t.day)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)}`;
}

/** `22/Nov/2026:00:04:55 +0000`. */
export function accessTime(process: Process): string {
  const t = civilTime(nowMillis(process.sim));
  return `${two(t.day)}/${monthNames[t.month - 1]}/${t.year}:${two(t.hour)}:${two(t.minute)}:${two(t.second)} +0000`;
}

export class NginxLog {
  readonly #file: OpenFile | undefined;

  constructor(process: Process, path: string) {
    if (path === 'off' || path === '/dev/null') return;
    const opened = process.open(path, 'append');
    this.#file = opened.ok ? opened.value : undefined;
  }

  line(text: string): void {
    this.#file?.write(`${text}\n`);
  }

  message(process: Process, level: string, text: string): void {
    this.line(`${logTime(process)} [${level}] ${process.pid}#${process.pid}: ${text}`);
  }

  close(): void {
    this.#file?.release();
  }
}

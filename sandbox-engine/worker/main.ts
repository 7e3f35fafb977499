// The lab worker: joins the pump to the page's messages and to the browser's clock. The programs that people run are
// loaded while the world is made; no simulated time passes before they are there.
import { createLab } from '../lab/lab.ts';
import type { ProgramSource } from '../lab/programs.ts';
import type { PageMessage, WorkerMessage } from '../protocol/index.ts';
import { Pump } from './pump.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
let programs: ReturnType<ProgramSource> | undefined;
const pump = new Pump({
  createLab: (options) => createLab(options, () => programs ?? new Map()),
  post: (message: WorkerMessage) => scope.postMessage(message),
  now: () => performance.now(),
  blocked: () => programs === undefined,
});

Promise.all([import('../lab/late-commands.ts'), import('../lab/late-tools.ts')])
  .then(([{ commands }, { tools }]) => {
    programs = new Map([...tools, ...commands]);
    pump.programsLoaded();
    soon();
  })
  .catch((error: unknown) => pump.failed(`the programs could not be loaded: ${String(error)}`));

// A message channel yields to the page's messages without the 4 ms that nested timers take.
const channel = new MessageChannel();
let timer: ReturnType<typeof setTimeout> | undefined;
let posted = false;

function soon(): void {
  clearTimeout(timer);
  if (posted) return;
  posted = true;
  channel.port2.postMessage(undefined);
}

channel.port1.onmessage = () => {
  posted = false;
  const wait = pump.slice();
  if (wait === undefined) return;
  if (wait < 1) soon();
  else timer = setTimeout(soon, wait);
};

scope.onmessage = (event: MessageEvent<PageMessage>) => {
  pump.receive(event.data);
  soon();
};

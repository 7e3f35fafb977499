// The lab worker: joins the pump to the page's messages and to the browser's clock.
import { createLab } from '../lab/lab.ts';
import type { PageMessage, WorkerMessage } from '../protocol/index.ts';
import { Pump } from './pump.ts';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const pump = new Pump({
  createLab,
  post: (message: WorkerMessage) => scope.postMessage(message),
  now: () => performance.now(),
});

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

// Which step of a lab it is that a reader has just done in the console or in the browser pane.
import type { LabDefinition, StepDefinition } from '../../sandbox-engine/protocol/index.ts';

/** The address in a command: `curl -s http://manager1:5000/` → `http://manager1:5000/`. */
export const urlIn = (command: string): string | undefined =>
  /\bhttp:\/\/[^\s'"|;<>()]+/.exec(command)?.[0];

/** One writing for one address. */
export function sameUrl(url: string): string {
  const whole = /^\w+:\/\//.test(url) ? url : `http://${url}`;
  return whole.replace(/^(http:\/\/[^/:]+):80(?=\/|$)/, '$1').replace(/^(\w+:\/\/[^/]+)$/, '$1/');
}

/** One writing for one command: what only concerns how one waits for its end is left out. */
const sameCommand = (command: string): string =>
  command
    .split(/\s+/)
    .filter((word) => word !== '' && word !== '-d' && word !== '--detach')
    .join(' ');

type Known = Pick<LabDefinition, 'steps'>;
type Done = ReadonlySet<string>;

export const stepOfCommand = (lab: Known, done: Done, command: string): string | undefined =>
  stepVia(lab, done, 'console', (step) => sameCommand(step.command) === sameCommand(command));

export const stepOfUrl = (lab: Known, done: Done, url: string): string | undefined =>
  stepVia(lab, done, 'browser', (step) => sameUrl(urlIn(step.command) ?? '') === sameUrl(url));

/** The first that is due and has not been done; else the last that was: it is done again. */
function stepVia(
  { steps }: Known,
  done: Done,
  via: StepDefinition['via'],
  fits: (step: StepDefinition) => boolean,
): string | undefined {
  const fitting = steps.filter((step) => step.via === via && fits(step));
  const next = fitting.find(
    ({ id, after }) => !done.has(id) && after.every((one) => done.has(one)),
  );
  return (next ?? fitting.findLast(({ id }) => done.has(id)))?.id;
}

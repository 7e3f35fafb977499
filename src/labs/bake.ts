// Runs a lab from its first step to its last in the engine, and keeps what a page shows before anybody has pressed Run.
import type { Lab, LabOptions } from '../../sandbox-engine/lab/api.ts';
import { EchoFilter } from '../../sandbox-engine/lab/echo.ts';
import type {
  ChangesView,
  CheckResult,
  DiagramName,
  LabDefinition,
  Question,
  StepDefinition,
  ViewParameters,
} from '../../sandbox-engine/protocol/index.ts';
import { screenLines } from '../terminal-text/index.ts';
import { diagramParameters, isDiagram } from './diagram-kinds.ts';
import { placeholderPattern } from './parse-lab.ts';
import { placesStep, type ScannedPage } from './scan-page.ts';

export interface BakedStep {
  /** The command as it was typed, with the values of that run. */
  readonly command: string;
  readonly lines: readonly string[];
  readonly status: number;
  readonly check?: CheckResult;
  readonly changes?: ChangesView;
}

export interface BakedLab {
  readonly steps: Readonly<Record<string, BakedStep>>;
  readonly values: Readonly<Record<string, string>>;
  /** By `viewKey`. */
  readonly views: Readonly<Record<string, unknown>>;
}

/** Something that a page shows as it is after a step (`start`: before the first). */
export interface WantedView {
  readonly after: string;
  readonly show: DiagramName | 'browse' | 'services' | 'changes';
  /** A drawing's parameters as `drawnSubject` writes them, a browser's URL. */
  readonly subject: string;
}

/** What a drawing shows, from the attributes of its component. */
export const drawnSubject = (
  view: DiagramName,
  attributes: Readonly<Record<string, string | undefined>>,
): string => new URLSearchParams(diagramParameters(view, attributes)).toString();

/** The view of the console's first page: the services, as `docker service ls` asks for them. */
export const servicesOf = (host: string): ViewParameters => ({
  host,
  path: '/services',
  query: 'status=true',
});

export const viewKey = ({ after, show, subject }: WantedView): string =>
  `${after}/${show}/${subject}`;

/** The step after which a component at that line shows the state: its `at`, or the last step placed above it. */
export function momentOf(page: ScannedPage, line: number, at: string | undefined): string {
  if (at !== undefined) return at;
  const above = page.placed.filter((p) => placesStep(p) && p.line < line);
  return above.at(-1)?.attributes.step ?? 'start';
}

export function wantedViews(lab: LabDefinition, pages: readonly ScannedPage[]): WantedView[] {
  const wanted: WantedView[] = [{ after: 'start', show: 'lan', subject: '' }];
  for (const page of pages)
    for (const { component, line, attributes } of page.placed) {
      const after = momentOf(page, line, attributes.at);
      const { view } = attributes;
      if (component === 'Diagram' && isDiagram(view))
        wanted.push({ after, show: view, subject: drawnSubject(view, attributes) });
      else if (component === 'Browser')
        wanted.push({ after, show: 'browse', subject: attributes.url ?? '' });
      else if (component === 'Console') wanted.push({ after, show: 'services', subject: '' });
      else if (component === 'Changes')
        wanted.push({ after: attributes.step ?? '', show: 'changes', subject: '' });
    }
  const known = new Set<string>();
  return wanted.filter((view) => {
    const key = viewKey(view);
    const fresh = !known.has(key) && (view.after === 'start' || has(lab, view.after));
    known.add(key);
    return fresh;
  });
}

const has = (lab: LabDefinition, step: string): boolean =>
  lab.steps.some((candidate) => candidate.id === step);

/** Simulated seconds that a step may take. */
const patienceMicros = 180_000_000;
/** Simulated time between the end of one step and the next: a reader's glance. */
const glanceMicros = 1_500_000;
/** A fixed moment, so that two builds of one state are equal. */
const startMillis = Date.UTC(2026, 10, 22, 8, 0, 0);

export function bakeLab(
  definition: LabDefinition,
  createLab: (options: LabOptions) => Lab,
  wanted: readonly WantedView[],
): BakedLab {
  const { id, seed, scenario } = definition;
  const lab = createLab({ seed, scenario, startMillis, definition });
  const steps: Record<string, BakedStep> = {};
  const values: Record<string, string> = {};
  const views: Record<string, unknown> = {};
  const filters = new Map<string, EchoFilter>();

  look('start');
  for (const step of definition.steps) {
    let filter = filters.get(step.host);
    if (!filter) {
      filter = new EchoFilter();
      filters.set(step.host, filter);
      lab.terminal(step.host);
      const { output, after } = untilPrompt(lab, step.host, `${id}: the terminal of ${step.host}`);
      filter.own(output + after + rest(lab, step.host));
    }
    const now = lab.view('values', { lab: id }) as Record<string, string>;
    for (const [name, value] of Object.entries(now)) values[name] ??= value;
    const command = withValues(step.command, now);
    filter.typed(command);
    lab.input({ do: 'run', terminal: step.host, line: command, step: step.id });
    const { status, output, after } = untilPrompt(lab, step.host, `${id}: ${step.id}`);
    const own = filter.own(output);
    const ran = { status, output: own };
    const check = settled(lab, step, { about: 'check', lab: id, step: step.id, ran });
    steps[step.id] = {
      command,
      lines: screenLines(own),
      status,
      ...(step.check.length > 0 && { check }),
      ...(wanted.some((w) => w.show === 'changes' && w.after === step.id) && {
        changes: lab.view('changes', {}) as ChangesView,
      }),
    };
    filter.own(after + rest(lab, step.host));
    look(step.id);
  }
  return { steps, values, views };

  function shown({ show, subject }: WantedView): unknown {
    if (show === 'browse') return lab.ask({ about: 'browse', url: subject });
    if (show === 'services') return lab.view('api', servicesOf('manager1'));
    return lab.view(show, Object.fromEntries(new URLSearchParams(subject)));
  }

  function look(moment: string): void {
    for (const view of wanted) {
      if (view.after !== moment || view.show === 'changes') continue;
      views[viewKey(view)] = shown(view);
    }
  }
}

/** A check that may take its time (`wait`) is asked again until it holds. */
function settled(lab: Lab, { wait = 0 }: StepDefinition, question: Question): CheckResult {
  const until = lab.sim.now() + wait * 1_000_000;
  for (;;) {
    const result = lab.ask(question) as CheckResult;
    if (result.holds || lab.sim.now() >= until) return result;
    lab.sim.runUntil(plus(lab, 250_000));
  }
}

function withValues(command: string, values: Readonly<Record<string, string>>): string {
  return command.replace(placeholderPattern, (whole, name: string) => values[name] ?? whole);
}

/** Lets a reader's glance pass; what the terminal showed meanwhile (its prompt). */
function rest(lab: Lab, terminal: string): string {
  lab.sim.runUntil(plus(lab, glanceMicros));
  return lab
    .takeOutput()
    .map((item) => (item.terminal === terminal && item.kind === 'text' ? item.text : ''))
    .join('');
}

interface Prompted {
  readonly status: number;
  readonly output: string;
  /** What the terminal showed from the prompt on. */
  readonly after: string;
}

function untilPrompt(lab: Lab, terminal: string, what: string): Prompted {
  const deadline = lab.sim.now() + patienceMicros;
  let output = '';
  for (;;) {
    let status: number | undefined;
    let after = '';
    for (const item of lab.takeOutput()) {
      if (item.terminal !== terminal) continue;
      if (item.kind === 'prompt') status = item.status;
      else if (status === undefined) output += item.text;
      else after += item.text;
    }
    if (status !== undefined) return { status, output, after };
    const next = lab.sim.nextAt();
    if (next === undefined || next > deadline)
      throw new Error(`${what}: no prompt came back; so far: ${output.slice(-400)}`);
    lab.sim.runNext();
  }
}

function plus(lab: Lab, delay: number): ReturnType<Lab['sim']['now']> {
  return (lab.sim.now() + delay) as ReturnType<Lab['sim']['now']>;
}

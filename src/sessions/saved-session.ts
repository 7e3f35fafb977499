// A session as it is kept, shared and imported: the input log with what it starts from. Whatever comes from outside is
// looked at here, whole, before anything is done with it; what is wrong is said as data, and put into words elsewhere.
import type { LabDefinition, LabInput } from '../../sandbox-engine/protocol/index.ts';

export const sessionFormat = 'overnet-session';
export const sessionVersion = 1;

/** No session of ours unpacks to more characters, nor has more inputs; a longer one is an attack or an accident. */
export const maxCharacters = 4_000_000;
const maxInputs = 50_000;
/** Longer texts are refused by the terminals too. */
const maxText = 50_000;
/** 90 days of simulated time, in µs. */
const maxTime = 90 * 86_400 * 1e6;
const maxColumns = 1_000;
/** The browser pane asks no oftener in one run. */
const maxTimes = 500;
/** The years 2000 to 2100: what a simulated clock may begin with. */
const startRange = [946_684_800_000, 4_102_444_800_000] as const;

export interface SavedSession {
  readonly format: typeof sessionFormat;
  readonly version: number;
  /** The lab's id. */
  readonly lab: string;
  readonly seed: number;
  readonly scenario: 'swarm' | 'nodes';
  readonly startMillis: number;
  /** Milliseconds since 1970 at which it was written down. */
  readonly savedMillis: number;
  readonly inputs: readonly LabInput[];
}

/** Why a session is refused. `detail` names the place or the value. */
export interface Refusal {
  readonly reason: 'damaged' | 'foreign' | 'newer' | 'otherLab' | 'tooLarge' | 'badInput';
  readonly detail: string;
}
export type Parsed =
  | { readonly ok: true; readonly session: SavedSession }
  | ({ readonly ok: false } & Refusal);

const refused = (reason: Refusal['reason'], detail = ''): Parsed => ({
  ok: false,
  reason,
  detail,
});

type Fields = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isWhole = (value: unknown, min: number, max: number): value is number =>
  Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
const isText = (value: unknown, max = maxText): value is string =>
  typeof value === 'string' && value.length <= max;

const hostName = /^(manager1|worker[123])$/;
const terminalName = /^(manager1|worker[123])(:[1-9]\d?)?$/;
const isHost = (value: unknown): boolean => isText(value, 20) && hostName.test(value);
const isTerminal = (value: unknown): boolean => isText(value, 20) && terminalName.test(value);

/** What each kind of input must be like. A new kind does not compile until it is here. */
const shapes: Readonly<Record<LabInput['do'], (input: Fields) => boolean>> = {
  open: ({ terminal }) => isTerminal(terminal),
  run: ({ terminal, line }) => isTerminal(terminal) && isText(line),
  input: ({ terminal, text }) => isTerminal(terminal) && isText(text),
  resize: ({ terminal, columns, rows }) =>
    isTerminal(terminal) && isWhole(columns, 1, maxColumns) && isWhole(rows, 1, maxColumns),
  browse: ({ url, times }) =>
    isText(url, 4_000) && (times === undefined || isWhole(times, 1, maxTimes)),
  machine: ({ host, action }) =>
    isHost(host) &&
    (action === 'powerOff' || action === 'powerOn' || action === 'unplug' || action === 'plug'),
  api: ({ host, method, path, query }) =>
    isHost(host) &&
    (method === 'GET' || method === 'POST' || method === 'PUT' || method === 'DELETE') &&
    isText(path, 4_000) &&
    path.startsWith('/') &&
    (query === undefined ||
      (isObject(query) && Object.values(query).every((value) => isText(value)))),
};

/** Reads a session from text, for the page of `lab`. */
export function parseSession(text: string, lab: LabDefinition): Parsed {
  if (text.length > maxCharacters) return refused('tooLarge', String(text.length));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refused('damaged');
  }
  if (!isObject(value) || value.format !== sessionFormat) return refused('foreign');
  if (!isWhole(value.version, 1, Number.MAX_SAFE_INTEGER)) return refused('damaged', 'version');
  if (value.version > sessionVersion) return refused('newer', String(value.version));
  if (value.lab !== lab.id)
    return isText(value.lab, 100) ? refused('otherLab', value.lab) : refused('damaged', 'lab');
  return checked(value, lab);
}

function checked(value: Fields, lab: LabDefinition): Parsed {
  const { seed, scenario, startMillis, savedMillis, inputs } = value;
  if (!isWhole(seed, 0, 2 ** 32)) return refused('damaged', 'seed');
  if (scenario !== 'swarm' && scenario !== 'nodes') return refused('damaged', 'scenario');
  if (!isWhole(startMillis, ...startRange)) return refused('damaged', 'startMillis');
  if (!isWhole(savedMillis, ...startRange)) return refused('damaged', 'savedMillis');
  if (!Array.isArray(inputs)) return refused('damaged', 'inputs');
  if (inputs.length > maxInputs) return refused('tooLarge', String(inputs.length));
  const steps = new Set(lab.steps.map(({ id }) => id));
  const kept: LabInput[] = [];
  let before = 0;
  for (const [i, input] of inputs.entries()) {
    if (!isInput(input) || input.at < before) return refused('badInput', String(i + 1));
    before = input.at;
    kept.push(knownStep(input, steps));
  }
  const format = sessionFormat;
  const version = sessionVersion;
  return {
    ok: true,
    session: {
      format,
      version,
      lab: lab.id,
      seed,
      scenario,
      startMillis,
      savedMillis,
      inputs: kept,
    },
  };
}

function isInput(value: unknown): value is LabInput {
  if (!isObject(value) || !isWhole(value.at, 0, maxTime)) return false;
  const { do: kind, step } = value;
  if (step !== undefined && !isText(step, 100)) return false;
  return (
    typeof kind === 'string' && Object.hasOwn(shapes, kind) && shapes[kind as LabInput['do']](value)
  );
}

/** A step that the lab no longer has: its command is done again all the same. */
function knownStep(input: LabInput, steps: ReadonlySet<string>): LabInput {
  if (!('step' in input) || input.step === undefined || steps.has(input.step)) return input;
  const { step: _, ...rest } = input;
  return rest;
}

/** How many commands a session holds: Runs and lines that were typed. */
export const commandsOf = ({ inputs }: Pick<SavedSession, 'inputs'>): number =>
  inputs.filter(
    (input) =>
      input.do === 'run' ||
      input.do === 'api' ||
      input.do === 'machine' ||
      (input.do === 'input' && /[\r\n]/.test(input.text)),
  ).length;

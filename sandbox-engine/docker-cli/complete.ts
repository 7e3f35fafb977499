// What Tab offers behind `docker`: subcommands, flags, names of objects.
import type { EngineApi } from '../api/index.ts';
import type { Op } from '../sim/index.ts';
import { list, text, texts } from './json.ts';
import { type CommandSpec, findChild, rootCommand } from './specs/index.ts';
import { lastWord } from './specs/notation.ts';

type Source =
  | 'containers'
  | 'running'
  | 'images'
  | 'networks'
  | 'volumes'
  | 'services'
  | 'nodes'
  | 'secrets'
  | 'configs'
  | 'stacks';

const paths: Readonly<Record<Exclude<Source, 'stacks'>, string>> = {
  containers: '/containers/json',
  running: '/containers/json',
  images: '/images/json',
  networks: '/networks',
  volumes: '/volumes',
  services: '/services',
  nodes: '/nodes',
  secrets: '/secrets',
  configs: '/configs',
};

/** What the arguments of a command name; two for commands whose second argument is something else. */
function sources(canonical: string): readonly Source[] {
  const [noun = '', verb = ''] = canonical.split(' ');
  if (
    / (ls|create|prune|init|deploy|events|info|df)$/.test(canonical) &&
    canonical !== 'container create'
  )
    return canonical === 'service create' ? ['images'] : [];
  if (canonical === 'container run' || canonical === 'container create') return ['images'];
  if (canonical === 'network connect' || canonical === 'network disconnect')
    return ['networks', 'containers'];
  if (canonical === 'inspect') return ['containers'];
  switch (noun) {
    case 'container':
      return ['exec', 'attach', 'stop', 'kill', 'top', 'pause', 'port', 'stats'].includes(verb)
        ? ['running']
        : ['containers'];
    case 'image':
    case 'network':
    case 'volume':
    case 'service':
    case 'node':
    case 'secret':
    case 'config':
    case 'stack':
      return [`${noun}s` as Source];
    default:
      return [];
  }
}

function namesOf(source: Source, body: unknown): string[] {
  const items = source === 'volumes' ? list(body, 'Volumes') : list(body);
  switch (source) {
    case 'containers':
    case 'running':
      return items.flatMap((item) => texts(item, 'Names').map((name) => name.replace(/^\//, '')));
    case 'images':
      return items.flatMap((item) => texts(item, 'RepoTags'));
    case 'networks':
    case 'volumes':
      return items.map((item) => text(item, 'Name'));
    case 'nodes':
      return items.map((item) => text(item, 'Description.Hostname'));
    case 'stacks': {
      const key = 'com.docker.stack.namespace';
      return items.map((item) =>
        text((item as { Spec?: { Labels?: Record<string, unknown> } }).Spec?.Labels?.[key]),
      );
    }
    default:
      return items.map((item) => text(item, 'Spec.Name'));
  }
}

function* objectNames(engine: EngineApi, source: Source): Op<string[]> {
  const answer = yield* engine.handle({
    method: 'GET',
    path: source === 'stacks' ? paths.services : paths[source],
    query: source === 'containers' ? { all: '1' } : {},
  });
  return answer.status === 200 ? namesOf(source, answer.body).filter(Boolean) : [];
}

interface Place {
  readonly spec: CommandSpec;
  /** Arguments before the word that is being typed. */
  readonly args: number;
  /** The flag whose value is being typed. */
  readonly flag: string | undefined;
}

/** Where in the command line the last word stands. */
function locate(words: readonly string[]): Place {
  let spec = rootCommand();
  let args = 0;
  let flag: string | undefined;
  for (const word of words) {
    const known = spec.flags.find((one) => word === `--${one.name}` || word === `-${one.letter}`);
    if (flag !== undefined) flag = undefined;
    else if (known && known.type !== '') flag = known.name;
    else if (word.startsWith('-')) continue;
    else {
      const child = args === 0 ? findChild(spec.children, word) : undefined;
      if (child) spec = child;
      else args += 1;
    }
  }
  return { spec, args, flag };
}

const flagSources: Readonly<Record<string, Source>> = {
  network: 'networks',
  net: 'networks',
  'network-add': 'networks',
  'network-rm': 'networks',
  'volumes-from': 'containers',
  secret: 'secrets',
  config: 'configs',
  image: 'images',
};

/** The words that may stand where the last of `words` (perhaps empty) stands; `words[0]` is `docker`. */
export function* completeDocker(
  words: readonly string[],
  engine: EngineApi | undefined,
): Op<string[]> {
  const typed = words.at(-1) ?? '';
  const { spec, args, flag } = locate(words.slice(1, -1));
  const fitting = (candidates: readonly string[]): string[] =>
    [...new Set(candidates)].filter((word) => word.startsWith(typed)).sort();
  if (flag !== undefined) {
    const source = flagSources[flag];
    return source && engine ? fitting(yield* objectNames(engine, source)) : [];
  }
  if (typed.startsWith('-'))
    return fitting([
      ...spec.flags.filter((one) => !one.hidden).map((one) => `--${one.name}`),
      '--help',
    ]);
  if (spec.children.length > 0) {
    const shown = spec.children.filter((child) => !child.options.has('hidden'));
    return args === 0 ? fitting(shown.map((child) => lastWord(child.path))) : [];
  }
  const offered = sources(spec.canonical);
  const source = offered[Math.min(args, offered.length - 1)];
  if (!source || !engine) return [];
  const repeats = spec.maximum > args;
  return repeats ? fitting(yield* objectNames(engine, source)) : [];
}

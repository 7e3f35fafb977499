// Commands that this world cannot do: they check what can be checked, and then say so.
import { millis, type Op, sleep } from '../../sim/index.ts';
import { type Cli, fail, type Handler, type Outcome } from '../cli.ts';
import { chooseFormat, formatRows, type RowFormat } from '../formatter/list.ts';
import { text } from '../json.ts';

const refusal = (what: string): Outcome => fail(`docker: not simulated here: ${what}`);

/** Refuses, but a container that does not exist is an error of its own. */
const withContainer = (what: string): Handler =>
  function* (cli, _flags, [name = '']): Op<Outcome> {
    const found = yield* cli.client.get(`/containers/${name}/json`);
    return found.ok ? refusal(what) : fail(found.error.message);
  };

/** Refuses, but a file that cannot be read is an error of its own. */
const withFile = (what: string, path: (args: readonly string[], cli: Cli) => string): Handler =>
  function* (cli, flags, args): Op<Outcome> {
    const file = flags.text('input') || path(args, cli);
    if (file && file !== '-') {
      const read = cli.readFile(file);
      if ('error' in read) return fail(read.error);
    }
    return refusal(what);
  };

const plainly = (what: string): Handler =>
  function* (): Op<Outcome> {
    return refusal(what);
  };

/** How long the builder looks for a Dockerfile, as on the recorded machines. */
const lookMillis = 100;

/** How far a build comes that finds no Dockerfile; its progress is told where there is no terminal. */
function* withoutDockerfile(cli: Cli, name: string): Op<Outcome> {
  const { sim } = cli.process;
  const started = sim.now();
  yield* sleep(sim, millis(lookMillis));
  const took = `${((sim.now() - started) / 1_000_000).toFixed(1)}s`;
  if (!cli.process.isTty(2))
    yield* cli.err(`#0 building with "default" instance using docker driver

#1 [internal] load build definition from ${name}
#1 transferring dockerfile: 2B ${took} done
#1 DONE ${took}
`);
  return fail(
    `ERROR: failed to build: failed to solve: failed to read dockerfile: open ${name}: no such file or directory`,
  );
}

/** A build context or a Dockerfile that is not there is an error of its own. */
const build: Handler = function* (cli, flags, [path = '']): Op<Outcome> {
  if (path === '') return fail("ERROR: docker: 'docker buildx build' requires 1 argument");
  if (path !== '-' && !/^[a-z]+:\/\//.test(path) && !cli.process.fs.exists(cli.file(path)))
    return fail(
      `ERROR: failed to build: unable to prepare context: path ${JSON.stringify(path)} not found`,
    );
  const name = flags.text('file') || 'Dockerfile';
  const local = path !== '-' && !/^[a-z]+:\/\//.test(path);
  const place = cli.file(name.startsWith('/') ? name : `${path}/${name}`);
  if (local && !cli.process.fs.exists(place)) return yield* withoutDockerfile(cli, name);
  return refusal('build (images cannot be built)');
};

const pluginFormat: RowFormat<unknown> = {
  typeName: '*plugin.pluginContext',
  fields: {
    ID: (p) => text(p, 'Id'),
    Name: (p) => text(p, 'Name'),
    Description: (p) => text(p, 'Config.Description'),
    Enabled: () => false,
    PluginReference: () => '',
  },
  table: '{{.ID}}\\t{{.Name}}\\t{{.Description}}\\t{{.Enabled}}',
};

function* pluginLs(cli: Cli, flags: Parameters<Handler>[1]): Op<Outcome> {
  const out = formatRows(
    pluginFormat,
    [],
    chooseFormat(pluginFormat, flags.text('format'), flags.on('quiet')),
  );
  if (!out.ok) return fail(out.error);
  yield* cli.out(out.value);
  return undefined;
}

export const refusals: Readonly<Record<string, Handler>> = {
  'container commit': withContainer('commit (images cannot be built)'),
  'container export': withContainer('export (there are no tar files)'),
  *'image save'(cli, _flags, [name = '']) {
    const found = yield* cli.client.get(`/images/${name}/json`);
    if (found.ok) return refusal('save (there are no tar files)');
    return fail(`Error response from daemon: No such image: ${name}`);
  },
  'image load': withFile('load (there are no tar files)', () => ''),
  'image import': withFile('import (there are no tar files)', ([file = '']) => file),
  search: plainly('search (the registry has no index)'),
  login: plainly('login (the registry has no accounts)'),
  logout: plainly('logout (the registry has no accounts)'),
  build,
  'buildx build': build,
  bake: plainly('bake (images cannot be built)'),
  'plugin ls': pluginLs,
};

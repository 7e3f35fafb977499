// docker context: there is one, `default`.
//
// Mirrors: docker/cli cli/command/context/*.go. Differs: no contexts can be made.
import type { Op } from '../../../sim/index.ts';
import { err, ok } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import type { RowFormat } from '../../formatter/list.ts';
import { inspectAll } from '../../inspect/inspect.ts';
import { sha256 } from '../../sha256.ts';
import { printRows } from '../list-command.ts';

const host = 'unix:///var/run/docker.sock';
const description = 'Current DOCKER_HOST based configuration';

const notFound = (name: string): string =>
  `context ${JSON.stringify(name)}: context not found: open /root/.docker/contexts/meta/${sha256(name)}/meta.json: no such file or directory`;

/** What `docker --context NAME` says for any name but `default`. */
export const noSuchContext = (name: string): Outcome =>
  fail(`Failed to initialize: unable to resolve docker endpoint: ${notFound(name)}`);

interface Row {
  readonly name: string;
  readonly current: boolean;
}

const format: RowFormat<Row> = {
  typeName: '*formatter.clientContextContext',
  fields: {
    Current: (r) => r.current,
    Description: () => description,
    DockerEndpoint: () => host,
    Error: () => '',
    Name: (r) => r.name,
  },
  headers: { DockerEndpoint: 'DOCKER ENDPOINT', Current: '' },
  table: '{{.Name}}{{if .Current}} *{{end}}\\t{{.Description}}\\t{{.DockerEndpoint}}\\t{{.Error}}',
  quiet: '{{.Name}}',
};

export const ls = (cli: Cli, flags: Flags): Op<Outcome> =>
  printRows(cli, flags, format, [{ name: 'default', current: true }]);

export function* show(cli: Cli): Op<Outcome> {
  yield* cli.out('default\n');
  return undefined;
}

export function* use(cli: Cli, _flags: Flags, [name = '']: readonly string[]): Op<Outcome> {
  if (name !== 'default') return fail(notFound(name));
  yield* cli.out(`${name}\n`);
  yield* cli.err(`Current context is now ${JSON.stringify(name)}\n`);
  return undefined;
}

export const inspect = (cli: Cli, flags: Flags, names: readonly string[]): Op<Outcome> =>
  inspectAll(cli, names.length > 0 ? names : ['default'], flags.text('format'), function* (name) {
    if (name !== 'default') return err(notFound(name));
    const body = {
      Name: 'default',
      Metadata: {},
      Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
      TLSMaterial: {},
      Storage: { MetadataPath: '<IN MEMORY>', TLSPath: '<IN MEMORY>' },
    };
    return ok({ body, type: 'context' });
  });

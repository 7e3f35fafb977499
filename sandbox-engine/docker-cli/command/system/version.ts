// docker version.
//
// Mirrors: docker/cli cli/command/system/version.go.
import { goJson, parseTemplate } from '../../../gotemplate/index.ts';
import type { Op } from '../../../sim/index.ts';
import { civilTime, dayNames, monthNames } from '../../../std/index.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import type { Flags } from '../../flags/parse.ts';
import { alignTabs } from '../../formatter/tabwriter.ts';
import { apiTypes } from '../../inspect/types.ts';
import { list, object, text } from '../../json.ts';
import { timeMillis } from '../../time.ts';
import { clientVersion } from '../../version.ts';

const two = (n: number): string => String(n).padStart(2, '0');

/** RFC 3339 → `Tue Sep 15 11:02:57 2026`. */
function ansiTime(time: string): string {
  if (!/^\d{4}-/.test(time)) return time;
  const t = civilTime(timeMillis(time));
  return `${dayNames[t.weekday]} ${monthNames[t.month - 1]} ${String(t.day).padStart(2)} ${two(t.hour)}:${two(t.minute)}:${two(t.second)} ${t.year}`;
}

function serverLines(server: unknown): string[] {
  const platform = text(server, 'Platform.Name');
  const lines = [`Server:${platform ? ` ${platform}` : ''}`];
  for (const component of list(server, 'Components')) {
    const details = object(component, 'Details');
    const row = (name: string, value: string): number => lines.push(`  ${name}:\t${value}`);
    lines.push(` ${text(component, 'Name')}:`);
    row('Version', text(component, 'Version'));
    if (text(component, 'Name') !== 'Engine') {
      for (const key of Object.keys(details).sort()) row(key, text(details, key));
      continue;
    }
    row(
      'API version',
      `${text(details, 'ApiVersion')} (minimum version ${text(details, 'MinAPIVersion')})`,
    );
    row('Go version', text(details, 'GoVersion'));
    row('Git commit', text(details, 'GitCommit'));
    row('Built', ansiTime(text(details, 'BuildTime')));
    row('OS/Arch', `${text(details, 'Os')}/${text(details, 'Arch')}`);
    row('Experimental', text(details, 'Experimental'));
  }
  return lines;
}

export function* version(cli: Cli, flags: Flags): Op<Outcome> {
  const format = flags.text('format');
  const template = format && format !== 'json' ? parseTemplate(format) : undefined;
  if (template && !template.ok) return fail(`template parsing error: ${template.error}`, 64);
  const answer = yield* cli.client.get('/version');
  const server = answer.ok ? answer.value : null;
  const problem = answer.ok ? undefined : fail(answer.error.message);
  if (format) {
    const body = { Client: clientVersion, Server: server };
    if (!template) yield* cli.out(`${goJson(body)}\n`);
    else {
      const out = template.value.execute(body, apiTypes.type('system.versionInfo'));
      if (!out.ok) return fail(problem?.message ?? out.error);
      yield* cli.out(`${out.value}\n`);
    }
    return problem;
  }
  const client = clientVersion;
  const lines = [
    'Client:',
    ` Version:\t${client.Version}`,
    ` API version:\t${client.ApiVersion}`,
    ` Go version:\t${client.GoVersion}`,
    ` Git commit:\t${client.GitCommit}`,
    ` Built:\t${client.BuildTime}`,
    ` OS/Arch:\t${client.Os}/${client.Arch}`,
    ` Context:\t${client.Context}`,
    ...(server ? ['', ...serverLines(server)] : []),
  ];
  yield* cli.out(`${alignTabs(lines.join('\n'), { minimum: 20, padding: 1 })}\n`);
  return problem;
}

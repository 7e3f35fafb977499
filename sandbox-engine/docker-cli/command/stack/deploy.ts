// docker stack deploy.
//
// Mirrors: docker/cli cli/command/stack/swarm/{deploy,deploy_composefile}.go, cli/compose/loader (unsupported options).
import type { Op } from '../../../sim/index.ts';
import { err, ok, type Result } from '../../../std/index.ts';
import { encodeBase64 } from '../../base64.ts';
import { type Cli, fail, type Outcome } from '../../cli.ts';
import { filterJson } from '../../client.ts';
import {
  type FileUse,
  imageLabel,
  type ServiceFiles,
  StackConverter,
} from '../../compose/convert.ts';
import type { Compose } from '../../compose/load.ts';
import type { Flags } from '../../flags/parse.ts';
import { at, flag, type Json, list, number, object, text, texts } from '../../json.ts';
import { serviceProgress } from '../../progress/service.ts';
import { parseReference } from '../image/reference.ts';
import { resolveImage, withImage } from '../service/resolve.ts';
import { loadFiles, removeObjects, stackObjects } from './stack.ts';

const unsupportedOptions =
  'build cgroupns_mode cgroup_parent devices domainname external_links ipc links mac_address network_mode pid privileged restart security_opt shm_size userns_mode'.split(
    ' ',
  );
const deprecatedOptions: Readonly<Record<string, string>> = {
  container_name: 'Setting the container name is not supported.',
  expose:
    "Exposing ports is unnecessary - services on the same network can access each other's containers on any port.",
};

const detachNote = `Since --detach=false was not specified, tasks will be created in the background.
In a future release, --detach=false will become the default.
`;

function* ignoredOptions(cli: Cli, compose: Compose): Op<void> {
  const services = Object.values(compose.services);
  const unsupported = unsupportedOptions.filter((option) =>
    services.some((service) => option in service),
  );
  if (unsupported.length > 0)
    yield* cli.err(`Ignoring unsupported options: ${[...unsupported].sort().join(', ')}\n\n`);
  const deprecated = Object.entries(deprecatedOptions).filter(([option]) =>
    services.some((service) => option in service),
  );
  if (deprecated.length === 0) return;
  const lines = deprecated.map(([option, why]) => `${option}: ${why}\n`).join('');
  yield* cli.err(`Ignoring deprecated options:\n\n${lines}\n`);
}

/** Images are looked at before anything is sent. */
function imageProblem({ services }: Compose): string | undefined {
  for (const [key, service] of Object.entries(services)) {
    const image = text(service, 'image');
    const reference = parseReference(image);
    if (image !== '' && reference.ok) continue;
    const why = reference.ok || image === '' ? 'no image specified' : reference.error;
    return `invalid image reference for service ${key}: ${why}`;
  }
  return undefined;
}

export function* deploy(cli: Cli, flags: Flags, [namespace = '']: readonly string[]): Op<Outcome> {
  const loaded = yield* loadFiles(cli, flags);
  if (!loaded.ok) return fail(loaded.error);
  yield* ignoredOptions(cli, loaded.value);
  const badImage = imageProblem(loaded.value);
  if (badImage !== undefined) return fail(badImage);
  const resolve = flags.text('resolve-image');
  if (!['always', 'changed', 'never'].includes(resolve))
    return fail(`Invalid option ${resolve} for flag --resolve-image`);
  if (namespace.trim() === '' || /["']/.test(namespace))
    return fail(`invalid stack name: ${JSON.stringify(namespace)}`);
  if (!flags.has('detach') && !flags.on('quiet')) yield* cli.err(detachNote);
  const info = yield* cli.client.get('/info');
  if (!info.ok) return fail(info.error.message);
  if (!flag(info.value, 'Swarm.ControlAvailable'))
    return fail(
      'this node is not a swarm manager. Use "docker swarm init" or "docker swarm join" to connect this node to swarm and try again',
    );
  const result = yield* new Deployment(cli, flags, loaded.value, namespace).run();
  if (!result.ok) return fail(result.error);
  if (flags.on('detach')) return undefined;
  for (const id of result.value) {
    const outcome = yield* serviceProgress(cli, id, flags.on('quiet'));
    if (outcome) return outcome;
  }
  return undefined;
}

type Step = Op<Result<void, string>>;

class Deployment {
  readonly #cli: Cli;
  readonly #flags: Flags;
  readonly #namespace: string;
  readonly #convert: StackConverter;

  constructor(cli: Cli, flags: Flags, compose: Compose, namespace: string) {
    this.#cli = cli;
    this.#flags = flags;
    this.#namespace = namespace;
    this.#convert = new StackConverter(compose, namespace);
  }

  /** Creates or updates everything; answers the ids of the services. */
  *run(): Op<Result<readonly string[], string>> {
    if (this.#flags.on('prune')) {
      const pruned = yield* this.#prune(this.#convert.serviceNames());
      if (!pruned.ok) return pruned;
    }
    for (const step of [
      () => this.#external(),
      () => this.#networks(),
      () => this.#files('secret'),
      () => this.#files('config'),
    ]) {
      const done = yield* step();
      if (!done.ok) return done;
    }
    const services = this.#convert.services();
    if (!services.ok) return services;
    const existing = yield* stackObjects(this.#cli, 'service', this.#namespace);
    if (!existing.ok) return existing;
    const ids: string[] = [];
    for (const { name, image, spec, files } of services.value) {
      const complete = yield* this.#withFiles(spec, files);
      if (!complete.ok) return complete;
      const before = existing.value.find((service) => text(service, 'Spec.Name') === name);
      const id = before
        ? yield* this.#update(name, image, complete.value, before)
        : yield* this.#create(name, image, complete.value);
      if (!id.ok) return id;
      ids.push(id.value);
    }
    return ok(ids);
  }

  *#prune(wanted: readonly string[]): Step {
    const existing = yield* stackObjects(this.#cli, 'service', this.#namespace);
    if (!existing.ok) return existing;
    yield* removeObjects(
      this.#cli,
      'service',
      existing.value.filter((service) => !wanted.includes(text(service, 'Spec.Name'))),
    );
    return ok(undefined);
  }

  *#external(): Step {
    for (const name of this.#convert.externalNetworks()) {
      if (name === 'host' || name === 'bridge' || name === 'none') continue;
      const found = yield* this.#cli.client.get(`/networks/${name}`);
      const quoted = JSON.stringify(name);
      if (!found.ok)
        return err(
          found.error.status === 404
            ? `network ${quoted} is declared as external, but could not be found. You need to create a swarm-scoped network before the stack is deployed`
            : found.error.message,
        );
      const scope = text(found.value, 'Scope');
      if (scope !== 'swarm')
        return err(
          `network ${quoted} is declared as external, but it is not in the right scope: ${JSON.stringify(scope)} instead of "swarm"`,
        );
    }
    return ok(undefined);
  }

  *#networks(): Step {
    const existing = yield* stackObjects(this.#cli, 'network', this.#namespace);
    if (!existing.ok) return existing;
    const known = new Set(existing.value.map((network) => text(network, 'Name')));
    for (const { name, body } of this.#convert.networks()) {
      if (known.has(name)) continue;
      yield* this.#cli.out(`Creating network ${name}\n`);
      const made = yield* this.#cli.client.post('/networks/create', {}, body);
      if (!made.ok) return err(`failed to create network ${name}: ${made.error.message}`);
    }
    return ok(undefined);
  }

  *#files(kind: 'secret' | 'config'): Step {
    const { client } = this.#cli;
    for (const { name, file, spec } of this.#convert.files(`${kind}s`)) {
      const read = this.#cli.readFile(file);
      if ('error' in read) return err(read.error);
      const whole = { ...spec, Data: encodeBase64(read.text) };
      const found = yield* client.get(`/${kind}s/${name}`);
      if (found.ok) {
        const updated = yield* client.post(
          `/${kind}s/${text(found.value, 'ID')}/update`,
          { version: number(found.value, 'Version.Index') },
          whole,
        );
        if (!updated.ok) return err(`failed to update ${kind} ${name}: ${updated.error.message}`);
        continue;
      }
      if (found.error.status !== 404) return err(found.error.message);
      yield* this.#cli.out(`Creating ${kind} ${name}\n`);
      const made = yield* client.post(`/${kind}s/create`, {}, whole);
      if (!made.ok) return err(`failed to create ${kind} ${name}: ${made.error.message}`);
    }
    return ok(undefined);
  }

  /** The spec with the ids of the secrets and configs that it uses. */
  *#withFiles(spec: Json, files: ServiceFiles): Op<Result<Json, string>> {
    const secrets = yield* this.#ids('secret', files.secrets);
    if (!secrets.ok) return secrets;
    const configs = yield* this.#ids('config', files.configs);
    if (!configs.ok) return configs;
    const template = object(spec, 'TaskTemplate');
    const container = {
      ...object(template, 'ContainerSpec'),
      ...(secrets.value.length > 0 ? { Secrets: secrets.value } : {}),
      ...(configs.value.length > 0 ? { Configs: configs.value } : {}),
    };
    return ok({ ...spec, TaskTemplate: { ...template, ContainerSpec: container } });
  }

  *#ids(kind: 'secret' | 'config', uses: readonly FileUse[]): Op<Result<readonly Json[], string>> {
    if (uses.length === 0) return ok([]);
    const answer = yield* this.#cli.client.get(`/${kind}s`, {
      filters: filterJson(uses.map((use) => ['name', use.name] as const)),
    });
    if (!answer.ok) return err(answer.error.message);
    const ids = new Map(
      list(answer.value).map((item) => [text(item, 'Spec.Name'), text(item, 'ID')]),
    );
    const found: Json[] = [];
    for (const use of uses) {
      const id = ids.get(use.name);
      if (id === undefined) return err(`${kind} not found: ${use.name}`);
      found.push(
        kind === 'secret'
          ? { File: use.file, SecretID: id, SecretName: use.name }
          : { File: use.file, ConfigID: id, ConfigName: use.name },
      );
    }
    return ok(found);
  }

  *#warn(warnings: readonly string[]): Op<void> {
    for (const warning of warnings) yield* this.#cli.err(`${warning}\n`);
  }

  *#create(name: string, image: string, spec: Json): Op<Result<string, string>> {
    yield* this.#cli.out(`Creating service ${name}\n`);
    const pinned = yield* resolveImage(
      this.#cli,
      image,
      this.#flags.text('resolve-image') !== 'never',
    );
    const made = yield* this.#cli.client.post('/services/create', {}, withImage(spec, pinned));
    if (!made.ok) return err(`failed to create service ${name}: ${made.error.message}`);
    yield* this.#warn([
      ...texts(made.value, 'Warnings'),
      ...(pinned.warning ? [pinned.warning] : []),
    ]);
    return ok(text(made.value, 'ID'));
  }

  *#update(name: string, image: string, spec: Json, before: unknown): Op<Result<string, string>> {
    const id = text(before, 'ID');
    yield* this.#cli.out(`Updating service ${name} (id: ${id})\n`);
    const old = object(before, 'Spec');
    const policy = this.#flags.text('resolve-image');
    const labelled = object(old, 'Labels')[imageLabel];
    const changed = image !== labelled;
    const oldImage = text(old, 'TaskTemplate.ContainerSpec.Image');
    const ask = policy === 'always' || (policy === 'changed' && changed);
    const pinned = yield* resolveImage(this.#cli, ask || changed ? image : oldImage, ask);
    const template = object(withImage(spec, pinned), 'TaskTemplate');
    // Deploying again does not restart tasks by itself.
    const force = at(old, 'TaskTemplate.ForceUpdate') ?? 0;
    const updated = yield* this.#cli.client.post(
      `/services/${id}/update`,
      { version: number(before, 'Version.Index') },
      { ...spec, TaskTemplate: { ...template, ForceUpdate: force } },
    );
    if (!updated.ok) return err(`failed to update service ${name}: ${updated.error.message}`);
    yield* this.#warn([
      ...texts(updated.value, 'Warnings'),
      ...(pinned.warning ? [pinned.warning] : []),
    ]);
    return ok(id);
  }
}

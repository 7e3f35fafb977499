// Turns a loaded Compose file into the specs of networks, secrets, configs and services.
//
// Mirrors: docker/cli cli/compose/convert.
import { compareText, err, ok, type Result, sortedBy } from '../../std/index.ts';
import { compact, isObject, type Json, list, object, own, text, texts } from '../json.ts';
import { asList, asMap, type Compose } from './load.ts';
import {
  bytes,
  capability,
  filled,
  healthcheck,
  mode,
  nanos,
  orAbsent,
  ports,
  resources,
  restartPolicy,
  ulimits,
  updateConfig,
} from './service-parts.ts';

export const namespaceLabel = 'com.docker.stack.namespace';
export const imageLabel = 'com.docker.stack.image';

export class StackConverter {
  readonly #compose: Compose;
  readonly #namespace: string;

  constructor(compose: Compose, namespace: string) {
    this.#compose = compose;
    this.#namespace = namespace;
  }

  scoped(name: string): string {
    return `${this.#namespace}_${name}`;
  }

  labels(own: unknown): Json {
    const labels = { ...asMap(own), [namespaceLabel]: this.#namespace };
    return Object.fromEntries(sortedBy(Object.entries(labels), ([name]) => name));
  }

  /** The name that an object goes by: its own, its external, or the scoped one. */
  #nameOf(kind: 'networks' | 'volumes' | 'secrets' | 'configs', key: string): string {
    const item = own(this.#compose[kind], key) ?? {};
    const external = item.external;
    if (isObject(external) && typeof external.name === 'string') return external.name;
    if (typeof item.name === 'string') return item.name;
    return external ? key : this.scoped(key);
  }

  isExternal(kind: 'networks' | 'volumes' | 'secrets' | 'configs', key: string): boolean {
    const external = own(this.#compose[kind], key)?.external;
    return external === true || isObject(external);
  }

  // ---- networks, secrets, configs -------------------------------------------------------------

  /** Networks that some service uses, by their key in the file. */
  #usedNetworks(): string[] {
    const used = new Set<string>();
    for (const service of Object.values(this.#compose.services)) {
      const keys = Object.keys(object(service, 'networks'));
      for (const key of keys.length > 0 ? keys : ['default']) used.add(key);
    }
    const declared = Object.keys(this.#compose.networks).filter((key) => used.has(key));
    return [...declared, ...[...used].filter((key) => !declared.includes(key))];
  }

  externalNetworks(): string[] {
    return this.#usedNetworks()
      .filter((key) => this.isExternal('networks', key))
      .map((key) => this.#nameOf('networks', key));
  }

  /** Name and body of each network to create. */
  networks(): { readonly name: string; readonly body: Json }[] {
    return this.#usedNetworks()
      .filter((key) => !this.isExternal('networks', key))
      .map((key) => {
        const network = own(this.#compose.networks, key) ?? {};
        const ipam = object(network, 'ipam');
        const name = this.#nameOf('networks', key);
        const body = compact({
          Name: name,
          Driver: text(network, 'driver') || 'overlay',
          Scope: '',
          IPAM:
            Object.keys(ipam).length > 0
              ? {
                  Driver: text(ipam, 'driver'),
                  Options: null,
                  Config: list(ipam, 'config').map((pool) => ({ Subnet: text(pool, 'subnet') })),
                }
              : undefined,
          Internal: network.internal === true,
          Attachable: network.attachable === true,
          Ingress: false,
          ConfigOnly: false,
          Options:
            Object.keys(asMap(network.driver_opts)).length > 0 ? asMap(network.driver_opts) : null,
          Labels: this.labels(network.labels),
        });
        return { name, body };
      });
  }

  /** The secrets or configs that have a file. */
  files(
    kind: 'secrets' | 'configs',
  ): { readonly name: string; readonly file: string; readonly spec: Json }[] {
    return Object.entries(this.#compose[kind])
      .filter(([key]) => !this.isExternal(kind, key))
      .map(([key, item]) => {
        const name = this.#nameOf(kind, key);
        const template = text(item, 'template_driver');
        return {
          name,
          file: text(item, 'file'),
          spec: compact({
            Name: name,
            Labels: this.labels(item.labels),
            Templating: template ? { Name: template } : undefined,
          }),
        };
      });
  }

  // ---- services -------------------------------------------------------------------------------

  serviceNames(): string[] {
    return Object.keys(this.#compose.services).map((key) => this.scoped(key));
  }

  /** To be asked for after the networks are there: one that is used but not declared has been made by then. */
  services(): Result<
    readonly {
      readonly name: string;
      readonly image: string;
      readonly spec: Json;
      readonly files: ServiceFiles;
    }[],
    string
  > {
    const services = [];
    for (const [key, service] of Object.entries(this.#compose.services)) {
      const image = text(service, 'image');
      const refused = (why: string) => err(`service ${key}: ${why}`);
      const secrets = this.#references('secrets', service);
      if (!secrets.ok) return refused(secrets.error);
      const configs = this.#references('configs', service);
      if (!configs.ok) return refused(configs.error);
      const undeclared = Object.keys(object(service, 'networks')).find(
        (network) => network !== 'default' && !Object.hasOwn(this.#compose.networks, network),
      );
      const deployMode = mode(object(service, 'deploy'));
      if (!deployMode.ok) return refused(deployMode.error);
      const mounts = this.#mounts(service);
      if (!mounts.ok) return refused(mounts.error);
      if (undeclared !== undefined)
        return refused(`undefined network ${JSON.stringify(undeclared)}`);
      const health = healthcheck(service.healthcheck);
      const spec = this.#service(key, service, image, mounts.value, health, deployMode.value);
      services.push({
        name: this.scoped(key),
        image,
        spec,
        files: { secrets: secrets.value, configs: configs.value },
      });
    }
    return ok(services);
  }

  #references(kind: 'secrets' | 'configs', service: Json): Result<readonly FileUse[], string> {
    const items = list(service, kind);
    const undeclared = items
      .map((item) => text(item, 'source'))
      .find((source) => !own(this.#compose[kind], source));
    if (undeclared !== undefined)
      return err(`undefined ${kind.slice(0, -1)} ${JSON.stringify(undeclared)}`);
    const uses = items.map((item) => {
      const source = text(item, 'source');
      const mode = (item as Json).mode;
      const target = text(item, 'target') || (kind === 'secrets' ? source : `/${source}`);
      return {
        name: this.#nameOf(kind, source),
        file: {
          Name: target,
          UID: text(item, 'uid') || '0',
          GID: text(item, 'gid') || '0',
          Mode: typeof mode === 'number' ? mode : 0o444,
        },
      };
    });
    return ok(uses);
  }

  #networksOf(key: string, service: Json): readonly Json[] {
    const given = object(service, 'networks');
    const entries: [string, unknown][] =
      Object.keys(given).length > 0 ? Object.entries(given) : [['default', null]];
    const attached = entries.map(([network, options]) => {
      const driverOptions = asMap(object(options, 'driver_opts'));
      return compact({
        Target: this.#nameOf('networks', network),
        Aliases: [...texts(options, 'aliases'), key],
        DriverOpts: Object.keys(driverOptions).length > 0 ? driverOptions : undefined,
      });
    });
    return sortedBy(attached, (network) => text(network, 'Target'));
  }

  #mounts(service: Json): Result<readonly Json[], string> {
    const mounts: Json[] = [];
    for (const volume of list(service, 'volumes') as readonly Json[]) {
      const type = text(volume, 'type') || 'volume';
      const source = text(volume, 'source');
      const target = text(volume, 'target');
      const base = {
        Type: type,
        Source: source || undefined,
        Target: target,
        ReadOnly: volume.read_only === true || undefined,
      };
      if (type !== 'volume') {
        const propagation = text(volume, 'bind.propagation');
        const size = bytes(object(volume, 'tmpfs').size);
        mounts.push(
          compact({
            ...base,
            BindOptions: propagation ? { Propagation: propagation } : undefined,
            TmpfsOptions: size ? { SizeBytes: size } : undefined,
          }),
        );
        continue;
      }
      if (source === '') {
        mounts.push(compact(base));
        continue;
      }
      const declared = own(this.#compose.volumes, source);
      if (!declared) return err(`undefined volume ${JSON.stringify(source)}`);
      const external = this.isExternal('volumes', source);
      const driver = text(declared, 'driver');
      const options = asMap(declared.driver_opts);
      mounts.push(
        compact({
          ...base,
          Source: this.#nameOf('volumes', source),
          VolumeOptions: external
            ? undefined
            : compact({
                NoCopy: object(volume, 'volume').nocopy === true || undefined,
                Labels: this.labels(declared.labels),
                DriverConfig:
                  driver || Object.keys(options).length > 0
                    ? compact({ Name: driver || undefined, Options: filled(options) })
                    : undefined,
              }),
        }),
      );
    }
    for (const target of asList(service.tmpfs)) mounts.push({ Type: 'tmpfs', Target: target });
    return ok(mounts);
  }

  #container(
    service: Json,
    image: string,
    mounts: readonly Json[],
    health: Json | undefined,
  ): Json {
    const env = Object.entries(asMap(service.environment))
      .filter(([, value]) => value !== null)
      .map(([key, value]) => `${key}=${value}`)
      .sort(compareText);
    const dns = compact({
      Nameservers: orAbsent(asList(service.dns)),
      Search: orAbsent(asList(service.dns_search)),
    });
    return compact({
      Image: image,
      Labels: this.labels(service.labels),
      Command: orAbsent(texts(service, 'entrypoint')),
      Args: orAbsent(texts(service, 'command')),
      Hostname: text(service, 'hostname') || undefined,
      Env: orAbsent(env),
      Dir: text(service, 'working_dir') || undefined,
      User: text(service, 'user') || undefined,
      Privileges: { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false },
      Init: typeof service.init === 'boolean' ? service.init : undefined,
      StopSignal: text(service, 'stop_signal') || undefined,
      TTY: service.tty === true || undefined,
      OpenStdin: service.stdin_open === true || undefined,
      ReadOnly: service.read_only === true || undefined,
      Mounts: orAbsent(mounts),
      StopGracePeriod: nanos(service.stop_grace_period),
      Healthcheck: health,
      Hosts: orAbsent(
        asList(service.extra_hosts).map((host) => {
          const at = host.search(/[:=]/);
          return `${host.slice(at + 1)} ${host.slice(0, at)}`;
        }),
      ),
      DNSConfig: filled(dns),
      Isolation: text(service, 'isolation') || undefined,
      Sysctls: filled(asMap(service.sysctls)),
      CapabilityAdd: orAbsent(asList(service.cap_add).map(capability)),
      CapabilityDrop: orAbsent(asList(service.cap_drop).map(capability)),
      Ulimits: orAbsent(ulimits(service.ulimits)),
    });
  }

  #service(
    key: string,
    service: Json,
    image: string,
    mounts: readonly Json[],
    health: Json | undefined,
    deployMode: Json,
  ): Json {
    const deploy = object(service, 'deploy');
    const logging = object(service, 'logging');
    const placement = object(deploy, 'placement');
    return compact({
      Name: this.scoped(key),
      Labels: { ...this.labels(deploy.labels), [imageLabel]: image },
      TaskTemplate: compact({
        ContainerSpec: this.#container(service, image, mounts, health),
        Resources: resources(object(deploy, 'resources')),
        RestartPolicy: restartPolicy(service, deploy),
        Placement: compact({
          Constraints: orAbsent(texts(placement, 'constraints')),
          Preferences: orAbsent(
            list(placement, 'preferences').map((item) => ({
              Spread: { SpreadDescriptor: text(item, 'spread') },
            })),
          ),
          MaxReplicas: Number(placement.max_replicas_per_node ?? 0) || undefined,
        }),
        Networks: this.#networksOf(key, service),
        LogDriver: text(logging, 'driver')
          ? compact({ Name: text(logging, 'driver'), Options: filled(asMap(logging.options)) })
          : undefined,
        ForceUpdate: 0,
      }),
      Mode: deployMode,
      UpdateConfig: updateConfig(deploy.update_config),
      RollbackConfig: updateConfig(deploy.rollback_config),
      EndpointSpec: compact({
        Mode: text(deploy, 'endpoint_mode').toLowerCase() || undefined,
        Ports: orAbsent(ports(service)),
      }),
    });
  }
}

export interface FileUse {
  readonly name: string;
  readonly file: Json;
}

export interface ServiceFiles {
  readonly secrets: readonly FileUse[];
  readonly configs: readonly FileUse[];
}

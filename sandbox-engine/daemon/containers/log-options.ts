// Which log drivers there are, and which options each of them takes.
//
// Mirrors: moby daemon/logger (factory.go ValidateLogOpts and the drivers' ValidateLogOpt).
import { type Failure, failure } from '../../std/index.ts';
import { type JsonObject, textMapOf, textOf } from '../body.ts';

const common = 'env env-regex labels labels-regex tag';

/** The drivers that are built in, with their options and how they call what they do not know. */
const drivers: Readonly<Record<string, { options: string; refuse: (name: string) => string }>> = {
  'json-file': {
    options: `${common} max-file max-size compress`,
    refuse: (name) => `unknown log opt '${name}' for json-file log driver`,
  },
  local: {
    options: 'max-file max-size compress',
    refuse: (name) => `unknown log opt '${name}' for log driver local`,
  },
  journald: {
    options: `${common}`,
    refuse: (name) => `unknown log opt '${name}' for journald log driver`,
  },
  syslog: {
    options: `${common} syslog-address syslog-facility syslog-tls-ca-cert syslog-tls-cert syslog-tls-key syslog-tls-skip-verify syslog-format`,
    refuse: (name) => `unknown log opt '${name}' for syslog log driver`,
  },
  gelf: {
    options: `${common} gelf-address gelf-compression-level gelf-compression-type gelf-tcp-max-reconnect gelf-tcp-reconnect-delay`,
    refuse: (name) => `unknown log opt "${name}" for gelf log driver`,
  },
  fluentd: {
    options: `${common} fluentd-address fluentd-async fluentd-async-connect fluentd-async-reconnect-interval fluentd-buffer-limit fluentd-max-retries fluentd-request-ack fluentd-retry-wait fluentd-sub-second-precision fluentd-read-timeout fluentd-write-timeout`,
    refuse: (name) => `unknown log opt '${name}' for fluentd log driver`,
  },
};

/** Options that any driver takes: how its messages are queued. */
const queueing = new Set(['mode', 'max-buffer-size']);

export function logProblem(log: JsonObject): Failure | undefined {
  const name = textOf(log.Type);
  const options = textMapOf(log.Config) ?? {};
  const refuse = (message: string): Failure => failure('invalid_parameter', message);
  if (name === 'none') return undefined;
  const mode = options.mode ?? '';
  if (!['', 'blocking', 'non-blocking'].includes(mode))
    return refuse(`logger: logging mode not supported: ${mode}`);
  if ('max-buffer-size' in options && mode !== 'non-blocking')
    return refuse("logger: max-buffer-size option is only supported with 'mode=non-blocking'");
  const driver = Object.hasOwn(drivers, name) ? drivers[name] : undefined;
  if (!driver && !['awslogs', 'splunk'].includes(name))
    return refuse(`logger: no log driver named '${name}' is registered`);
  const unknown = Object.keys(options).find(
    (option) => !queueing.has(option) && !driver?.options.split(' ').includes(option),
  );
  return driver && unknown !== undefined ? refuse(driver.refuse(unknown)) : undefined;
}

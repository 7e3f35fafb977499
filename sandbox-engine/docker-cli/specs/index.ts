// The tree of all commands, made once from the tables.
import { containerSpecs } from './container.ts';
import { imageSpecs } from './image.ts';
import { type CommandSpec, readSpecs } from './notation.ts';
import { pluginSpecs } from './plugins.ts';
import { serviceSpecs } from './service.ts';
import { swarmSpecs } from './swarm.ts';
import { systemSpecs } from './system.ts';

const rootSpec = `
= docker :: [OPTIONS] COMMAND [ARG...] :: 0+
A self-sufficient runtime for containers
config:string Location of client config files (default "/root/.docker")
c,context:string Name of the context to use to connect to the daemon (overrides DOCKER_HOST env var and default context set with "docker context use")
D,debug Enable debug mode
H,host:string Daemon socket to connect to
l,log-level:string Set the logging level ("debug", "info", "warn", "error", "fatal") (default "info")
tls Use TLS; implied by --tlsverify
tlscacert:string Trust certs signed only by this CA (default "/root/.docker/ca.pem")
tlscert:string Path to TLS certificate file (default "/root/.docker/cert.pem")
tlskey:string Path to TLS key file (default "/root/.docker/key.pem")
tlsverify Use TLS and verify the remote
v,version Print version information and quit`;

let tree: CommandSpec | undefined;

/** `docker` itself, with all its commands below. */
export function rootCommand(): CommandSpec {
  if (tree) return tree;
  const [root] = readSpecs(rootSpec);
  const children = readSpecs(
    [containerSpecs, imageSpecs, swarmSpecs, serviceSpecs, systemSpecs, pluginSpecs].join('\n'),
  );
  tree = { ...(root as CommandSpec), path: '', children };
  return tree;
}

export type { CommandSpec } from './notation.ts';
export { findChild } from './notation.ts';

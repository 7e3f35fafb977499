// The facts about the client that `docker version`, `docker --version` and `docker info` print.

export const clientVersion = {
  Version: '28.5.2+dfsg4',
  ApiVersion: '1.51',
  DefaultAPIVersion: '1.51',
  GitCommit: '9cc6dea35e9a963f281434761c656fba4ac43aed',
  GoVersion: 'go1.27.1',
  Os: 'linux',
  Arch: 'amd64',
  BuildTime: 'Tue Sep 15 11:02:57 2026',
  Context: 'default',
} as const;

export const clientPlugins = [
  { name: 'buildx', title: 'Docker Buildx', version: '0.29.1+ds1' },
  { name: 'compose', title: 'Docker Compose', version: '2.40.3-3' },
] as const;

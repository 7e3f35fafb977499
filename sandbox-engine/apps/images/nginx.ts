// nginx and its versions, and nvbeta/swarm_nginx, which hands every request to the service `node`.
import type { FileTree } from '../../os/index.ts';
import type { ImageDefinition } from '../image.ts';
import { busyboxTree } from './applets.ts';
import { defaultPath, imageOf, layerOf } from './build.ts';

const welcome = `<!DOCTYPE html>
<html>
<head>
<title>Welcome to nginx!</title>
<style>
html { color-scheme: light dark; }
body { width: 35em; margin: 0 auto;
font-family: Tahoma, Verdana, Arial, sans-serif; }
</style>
</head>
<body>
<h1>Welcome to nginx!</h1>
<p>If you see this page, the nginx web server is successfully installed and
working. Further configuration is required.</p>

<p>For online documentation and support please refer to
<a href="http://nginx.org/">nginx.org</a>.<br/>
Commercial support is available at
<a href="http://nginx.com/">nginx.com</a>.</p>

<p><em>Thank you for using nginx.</em></p>
</body>
</html>
`;

const mainConfig = `user  nginx;
worker_processes  1;
error_log  /var/log/nginx/error.log notice;
pid        /var/run/nginx.pid;
events { worker_connections  1024; }
http {
    include       /etc/nginx/mime.types;
    default_type  application/octet-stream;
    access_log  /var/log/nginx/access.log;
    sendfile on;
    keepalive_timeout  65;
    include /etc/nginx/conf.d/*.conf;
}
`;

const mimeTypes = `
types {
    text/html                             html htm shtml;
    text/css                              css;
    text/xml                              xml;
    image/gif                             gif;
    image/jpeg                            jpeg jpg;
    application/javascript                js;
    text/plain                            txt;
    image/png                             png;
    image/svg+xml                         svg svgz;
    image/x-icon                          ico;
    application/json                      json;
    application/pdf                       pdf;
    application/octet-stream              bin exe dll;
}
`;

const entrypoint = { text: '#!/bin/sh\nset -e\nexec "$@"\n', mode: 0o755 };

function nginxTree(server: string): FileTree {
  return {
    ...busyboxTree,
    '/usr/sbin/nginx': { program: 'nginx' },
    '/var/cache/nginx': { directory: true },
    '/var/lib/nginx': { directory: true },
    '/docker-entrypoint.d': { directory: true },
    '/docker-entrypoint.sh': entrypoint,
    '/var/log/nginx/access.log': { link: '/dev/stdout' },
    '/var/log/nginx/error.log': { link: '/dev/stderr' },
    '/etc/nginx/mime.types': mimeTypes,
    '/etc/nginx/nginx.conf': mainConfig,
    '/etc/nginx/conf.d/default.conf': server,
    '/usr/share/nginx/html/index.html': welcome,
  };
}

const defaultServer = `server {
    listen       80;
    server_name  localhost;
    location / { root   /usr/share/nginx/html; index  index.html index.htm; }
}
`;

const nginxLayer = layerOf('nginx', {
  diffId: '5761994de2566cacf8ea3efb0af131a3d3b2cb3b5e78a47191a01be65cead9a6',
  blobStart: '19921bef7ed2',
  size: 15_745_466,
  compressedSize: 6_940_000,
  tree: nginxTree(defaultServer),
});

const config = {
  Cmd: ['nginx', '-g', 'daemon off;'],
  Entrypoint: ['/docker-entrypoint.sh'],
  Env: [defaultPath, 'NGINX_VERSION=1.27.2'],
  ExposedPorts: { '80/tcp': {} },
  StopSignal: 'SIGQUIT',
};

const pathStep = `ENV ${defaultPath}`;

export const nginx: ImageDefinition = imageOf({
  name: 'nginx',
  id: '0904f9f70803a6ca241b0cdc8f6a966e4a8bf9b7130e0f628cc0ac813ebece7d',
  digest: '3f5acb8f527576f9909d28d896999965a6b4c28d01b2a5da611c1920e9c8bdec',
  ageSeconds: 1_608,
  layers: [nginxLayer],
  filesStart: 'a0499849fa62320e8',
  config,
  steps: [
    pathStep,
    'ENV NGINX_VERSION=1.27.2',
    'ENTRYPOINT ["/docker-entrypoint.sh"]',
    'EXPOSE 80',
    'STOPSIGNAL SIGQUIT',
    'CMD ["nginx" "-g" "daemon off;"]',
  ],
});

const versionOf = (version: string, id: string, digest: string, ageSeconds: number) =>
  imageOf({
    name: `nginx:${version}`,
    id,
    digest,
    ageSeconds,
    layers: [nginxLayer],
    base: nginx.history,
    config: {
      ...config,
      Env: [defaultPath, `NGINX_VERSION=${version}`],
      Labels: { version },
    },
    steps: [`ENV NGINX_VERSION=${version}`, `LABEL version=${version}`],
  });

export const nginx124: ImageDefinition = versionOf(
  '1.24',
  'dcbd4dbd7952e792192446c1bef79ad4c8d180cf68a08928641f752aeec376c7',
  '531922294a2a1343265917a568eb195ebebab465549b7912253936f8a04143af',
  1_495,
);
export const nginx125: ImageDefinition = versionOf(
  '1.25',
  'f076729f484bbf2fa71ac0ab9b5e190b3b232e8c81bfbaa1dda52192e0fbbd79',
  '51c1179a0400366f3c04d9222c8985e7f9c5a77da93e37ac0bf206866b899713',
  1_493,
);
export const nginx126: ImageDefinition = versionOf(
  '1.26',
  '0b409b166f989a887392c49917a4e169e1fb06f8cfbb037bdc8f027b068fad90',
  'c99b4ef58b3ca9a3247f09eaf36f4665940271e95f714a3ede9ef5082ab3be82',
  1_491,
);

const proxyServer = `server {
    listen       80;
    location / { proxy_pass http://node:8888; }
}
`;

/** Looks `node` up when it starts, and fails when there is no such name. */
export const swarmNginx: ImageDefinition = imageOf({
  name: 'nvbeta/swarm_nginx',
  id: '7fce91d9617e1c23f257764d30d9a4c8031f1df17ba5cea3699daa04729f42bb',
  digest: '93f8f4df83c100351e5b4a411b32627eca3c69bdc14010959fa0be49662e9bf2',
  ageSeconds: 1_604,
  layers: [
    layerOf('nvbeta/swarm_nginx', {
      diffId: '5d276b3b0858d6396dc34058b6a1b7c6902e8814fcc628fefdef128e3fbeff1a',
      size: 15_745_389,
      compressedSize: 6_939_900,
      tree: nginxTree(proxyServer),
    }),
  ],
  config: { Cmd: ['nginx', '-g', 'daemon off;'], ExposedPorts: { '80/tcp': {} } },
  steps: [pathStep, 'EXPOSE 80', 'CMD ["nginx" "-g" "daemon off;"]'],
});

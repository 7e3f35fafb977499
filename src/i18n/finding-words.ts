// What a check has found, in words. Every kind has its wording in both languages by its type.
import type { Asker, Finding, ServiceFact } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from './index.ts';

type Wording<Union extends { readonly kind: string }> = {
  readonly [Kind in Union['kind']]: (fact: Extract<Union, { readonly kind: Kind }>) => string;
};
export interface FindingWords {
  readonly finding: Wording<Finding>;
  readonly service: Wording<ServiceFact>;
  readonly asker: (asker: Asker) => string;
  readonly between: string;
}

const list = (items: readonly (string | number)[], none: string): string =>
  items.join(', ') || none;

const zh: FindingWords = {
  finding: {
    'not-run': () => '命令还没有运行',
    rewound: () => '等待期间，实验被撤销或重置了',
    exit: ({ status }) => `退出码是 ${status}`,
    output: ({ pattern, matches }) => `输出里${matches ? '有' : '没有'}匹配 /${pattern}/ 的内容`,
    network: ({ network, host, there, driver, subnet }) => {
      if (driver !== undefined) return `${host} 上的网络 ${network} 用的驱动是 ${driver}`;
      if (subnet !== undefined) return `${host} 上的网络 ${network} 的网段是 ${subnet || '空的'}`;
      return `${host} 上${there ? '有' : '没有'}网络 ${network}`;
    },
    container: ({ container, host, there, state, networks, image }) => {
      const what = `${host} 上的容器 ${container}`;
      if (networks)
        return networks.length === 0
          ? `${what} 没有接任何网络`
          : `${what} 接在 ${networks.join('、')} 上`;
      if (image !== undefined) return `${what} 用的镜像是 ${image}`;
      if (state !== undefined) return `${what} 的状态是 ${state}`;
      return `${host} 上${there ? '有' : '没有'}容器 ${container}`;
    },
    published: ({ port, host, there, container }) => {
      if (container !== undefined) return `${host} 的 ${port} 端口通向容器 ${container}`;
      return `${host} 的 ${port} 端口${there ? '已经发布' : '没有发布'}`;
    },
    file: ({ file, host, there }) => `${host} 上${there ? '有' : '没有'}文件 ${file}`,
    'no-value': ({ values }) => `还没有 ${values.join('、')}`,
    'no-asker': ({ from }) => `没有${zh.asker(from)}`,
    reaches: ({ from, to, reaches }) => `从${zh.asker(from)}${reaches ? '到得了' : '到不了'} ${to}`,
    resolves: ({ from, name, addresses }) =>
      addresses.length === 0
        ? `${zh.asker(from)}解析不了 ${name}`
        : `${zh.asker(from)}把 ${name} 解析成 ${addresses.join('、')}`,
    service: ({ service, there }) => `${there ? '有' : '没有'}服务 ${service}`,
    'service-has': ({ service, what }) => `服务 ${service} ${factText(what, 'zh')}`,
    tasks: ({ service, host, count }) => `${host} 上有 ${count} 个 ${service} 的任务在运行`,
  },
  service: {
    replicas: ({ count }) => (count === undefined ? '没有指定任务数' : `指定了 ${count} 个任务`),
    running: ({ count }) => `有 ${count} 个任务在运行`,
    image: ({ image }) => `用的镜像是 ${image}`,
    networks: ({ networks }) =>
      networks.length === 0 ? '没有接任何网络' : `接在 ${networks.join('、')} 上`,
    ports: ({ ports }) => (ports.length === 0 ? '没有发布端口' : `发布了 ${ports.join('、')} 端口`),
  },
  asker: ({ host, container, task }) => {
    if (container !== undefined) return ` ${host} 上的容器 ${container} `;
    return task === undefined ? ` ${host} ` : ` ${host} 上 ${task} 的任务`;
  },
  between: '；',
};

const en: FindingWords = {
  finding: {
    'not-run': () => 'the command has not been run',
    rewound: () => 'the lab went back meanwhile',
    exit: ({ status }) => `exit ${status}`,
    output: ({ pattern, matches }) => `the output has ${matches ? '' : 'no '}/${pattern}/`,
    network: ({ network, host, there, driver, subnet }) => {
      const what = `network ${network} on ${host}`;
      if (driver !== undefined) return `${what} has driver ${driver}`;
      if (subnet !== undefined) return `${what} has subnet ${subnet || 'none'}`;
      return there ? what : `no ${what}`;
    },
    container: ({ container, host, there, state, networks, image }) => {
      const what = `container ${container} on ${host}`;
      if (networks) return `${what} is on ${list(networks, 'no network')}`;
      if (image !== undefined) return `${what} runs ${image}`;
      if (state !== undefined) return `${what} is ${state}`;
      return there ? what : `no ${what}`;
    },
    published: ({ port, host, there, container }) => {
      const what = `published port ${port} on ${host}`;
      if (container !== undefined) return `${what} leads to ${container}`;
      return there ? what : `no ${what}`;
    },
    file: ({ file, host, there }) => `${there ? '' : 'no '}file ${file} on ${host}`,
    'no-value': ({ values }) => `no ${values.join(', ')} yet`,
    'no-asker': ({ from }) => `no ${en.asker(from)}`,
    reaches: ({ from, to, reaches }) =>
      `${en.asker(from)} ${reaches ? 'reaches' : 'does not reach'} ${to}`,
    resolves: ({ from, name, addresses }) =>
      `for ${en.asker(from)}, ${name} ${addresses.length === 0 ? 'does not resolve' : `is ${addresses.join(', ')}`}`,
    service: ({ service, there }) => `${there ? '' : 'no '}service ${service}`,
    'service-has': ({ service, what }) => `service ${service} ${factText(what, 'en')}`,
    tasks: ({ service, host, count }) =>
      `${count} task${count === 1 ? '' : 's'} of ${service} on ${host}`,
  },
  service: {
    replicas: ({ count }) =>
      count === undefined ? 'asks for no number of tasks' : `asks for ${count} tasks`,
    running: ({ count }) => `has ${count} running task${count === 1 ? '' : 's'}`,
    image: ({ image }) => `runs ${image}`,
    networks: ({ networks }) => `is on ${list(networks, 'no network')}`,
    ports: ({ ports }) => `publishes ${list(ports, 'no port')}`,
  },
  asker: ({ host, container, task }) => {
    const inside = container ?? (task === undefined ? undefined : `a task of ${task}`);
    return inside === undefined ? host : `${inside} on ${host}`;
  },
  between: '; ',
};

export const findingWords: Readonly<Record<Language, FindingWords>> = { zh, en };

/** The wording of a fact by its kind. The table has one for every kind, which the compiler cannot follow through a look-up. */
const said = <Fact extends { readonly kind: string }>(wording: object, fact: Fact): string =>
  (wording as Readonly<Record<string, (fact: Fact) => string>>)[fact.kind]?.(fact) ?? fact.kind;

const factText = (fact: ServiceFact, language: Language): string =>
  said(findingWords[language].service, fact);

export function findingsText(findings: readonly Finding[], language: Language): string {
  const words = findingWords[language];
  return findings
    .map((finding) => said(words.finding, finding).replace(/ {2,}/g, ' ').trim())
    .join(words.between);
}

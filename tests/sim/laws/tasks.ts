// Running tasks are the desired ones, and the managers' rows, the CLI, the nodes' daemons and the drawing agree on them.
import { swarmTwin } from '../../../src/diagrams/swarm-twin.ts';
import { differ, type Law, viewOf } from '../facts.ts';

export const desiredTasksRun: Law = ({ services, model }) =>
  services.flatMap(({ spec, tasks }) => {
    const [least, most] = model.wanted(spec);
    return tasks.length >= least && tasks.length <= most
      ? []
      : [`desired: ${spec.name} is to have ${least} to ${most} tasks; ${tasks.length} run`];
  });

/** A global service has one task a node; a port of the node itself belongs to one. */
export const oneForEachNode: Law = ({ services }) =>
  services
    .filter(({ spec }) => spec.mode === 'global' || spec.publish?.mode === 'host')
    .flatMap(({ spec, tasks }) => {
      const hosts = tasks.map(({ host }) => host);
      return differ(`one for each node: ${spec.name}`, new Set(hosts), hosts);
    });

/** `docker service ls` and `service ps` on the manager. */
export const commandLineAgrees: Law = (facts) => {
  const { world, model, services } = facts;
  const line = (name: string, mode: string, counted: string): string =>
    `${name} ${mode} ${counted}`;
  const listedServices = world
    .lines('manager1', "docker service ls --format '{{.Name}} {{.Mode}} {{.Replicas}}'")
    .map((text) => text.replace(/ \(max.*\)$/, ''));
  // The tasks of a node that was lost go on being counted (recording 054).
  const isLost = [...model.nodes.values()].some(
    ({ fault, member }) => fault !== undefined || !member,
  );
  const all = isLost
    ? []
    : differ(
        'docker service ls',
        services.map(({ spec, tasks }) =>
          line(
            spec.name,
            spec.mode,
            `${tasks.length}/${spec.mode === 'global' ? tasks.length : spec.replicas}`,
          ),
        ),
        // A paused node's task of a global service is wanted as well.
        listedServices.map((text) => text.replace(/ global (\d+)\/\d+$/, ' global $1/$1')),
      );
  const each = services.flatMap(({ spec, tasks }) =>
    differ(
      `docker service ps ${spec.name}`,
      tasks.map(({ id, host }) => `${id}@${host}`),
      world
        .lines(
          'manager1',
          `docker service ps ${spec.name} --no-trunc --filter desired-state=running --format '{{.ID}}@{{.Node}} {{.CurrentState}}'`,
        )
        .filter((text) => / Running /.test(text))
        .map((text) => text.split(' ')[0] ?? '')
        .filter((text) => facts.hosts.includes(text.split('@')[1] ?? '')),
    ),
  );
  return [...all, ...each];
};

/** `docker ps` on every node, and the addresses that `docker inspect` gives. */
export const nodesAgree: Law = ({ world, services, model, hosts }) =>
  hosts.flatMap((host) => {
    const here = services.flatMap(({ tasks }) => tasks.filter((task) => task.host === host));
    const boxes = [...model.containers.values()].filter((box) => box.host === host);
    const names = [...here.map(({ container }) => container), ...boxes.map(({ name }) => name)];
    const running = differ(
      `docker ps on ${host}`,
      names,
      world.lines(host, "docker ps --format '{{.Names}}'"),
    );
    if (here.length === 0) return running;
    const format =
      '{{.Name}}{{range $net, $end := .NetworkSettings.Networks}} {{$net}}={{$end.IPAddress}}{{end}}';
    const inspected = world.lines(
      host,
      `docker inspect --format '${format}' ${here.map(({ container }) => container).join(' ')}`,
    );
    const local = new Set(['bridge', 'docker_gwbridge', 'host', 'none']);
    return [
      ...running,
      ...differ(
        `docker inspect on ${host}`,
        here.map(({ container, addresses }) =>
          [
            `/${container}`,
            ...[...addresses].map(([net, address]) => `${net}=${address}`).sort(),
          ].join(' '),
        ),
        inspected.map((text) => {
          const [name = '', ...ends] = text.split(' ');
          const kept = ends.filter((end) => !local.has(end.split('=')[0] ?? ''));
          return [name, ...kept.sort()].join(' ');
        }),
      ),
    ];
  });

/** The drawing of the swarm, and its words. */
export const drawingAgrees: Law = (facts) => {
  const view = viewOf(facts);
  const { services, hosts, model } = facts;
  const tasks = view.hosts
    .filter(({ name }) => hosts.includes(name))
    .flatMap((host) =>
      host.tasks
        .filter(({ state }) => state === 'running')
        .map(({ id, addresses }) =>
          [
            `${id}@${host.name}`,
            ...addresses.map(({ network, address }) => `${network}=${address}`).sort(),
          ].join(','),
        ),
    );
  const twin = swarmTwin(view, 'en')
    .items.flatMap((item) => item.items ?? [])
    .map(({ text }) => text);
  return [
    ...differ(
      'the swarm as drawn',
      services.flatMap((service) =>
        service.tasks.map(({ id, host, addresses }) =>
          [
            `${id}@${host}`,
            ...[...addresses].map(([net, address]) => `${net}=${address}`).sort(),
          ].join(','),
        ),
      ),
      tasks,
    ),
    ...differ(
      'nodes as drawn',
      [...model.nodes].map(([host, { availability, fault, member }]) => {
        const state = fault === undefined ? 'ready' : 'down';
        const node = member ? `${availability}:${state}` : 'none';
        return `${host}:${node}:${fault === 'cable' || fault === 'power' ? 'cut' : 'plugged'}`;
      }),
      view.hosts.map(
        ({ name, node, cut }) =>
          `${name}:${node ? `${node.availability}:${node.state}` : 'none'}:${cut ? 'cut' : 'plugged'}`,
      ),
    ),
    ...services.flatMap(({ spec, virtualIps }) =>
      [...virtualIps]
        .map(([network, address]) => `${address} (${network})`)
        .filter(
          (words) => !twin.some((text) => text.startsWith(`${spec.name}:`) && text.includes(words)),
        )
        .map((words) => `the words of the drawing: ${spec.name} without ${words}`),
    ),
  ];
};

// The console's lists as tables.
import type { ConsoleStrings } from '../i18n/console-strings.ts';
import { type Column, code, hostBadge, html, type Safe, table } from './html.ts';
import {
  type NetworkRow,
  type NodeRow,
  portText,
  type ServiceRow,
  type StackRow,
  type TaskRow,
} from './objects.ts';

const known = (words: Readonly<Record<string, string>>, word: string): string =>
  words[word] ?? word;

/** A state with its mark: never by colour alone. */
export const stateBadge = (strings: ConsoleStrings, state: string): Safe =>
  html`<span class="console-state" data-state="${state}">${known(strings.states, state)}</span>`;

const replicas = ({ running, desired }: ServiceRow): Safe =>
  html`<span class="console-count" data-whole="${String(running === desired)}">${running}/${desired}</span>`;

/** `nameOf`: how a service's name is written: as text, or as the way to its details. */
export function servicesTable(
  strings: ConsoleStrings,
  rows: readonly ServiceRow[],
  nameOf: (row: ServiceRow) => Safe | string,
): Safe {
  if (rows.length === 0) return empty(strings.none.services);
  const columns: readonly Column<ServiceRow>[] = [
    { title: strings.name, cell: nameOf },
    { title: strings.mode, cell: ({ mode }) => known(strings.modes, mode) },
    { title: strings.replicas, cell: replicas },
    { title: strings.image, cell: ({ image }) => code(image) },
    { title: strings.ports, cell: ({ ports }) => ports.map((port) => portText(port)).join(' ') },
  ];
  return table(strings.pages.services, columns, rows, ({ id }) => id);
}

export function nodesTable(
  strings: ConsoleStrings,
  rows: readonly NodeRow[],
  availabilityOf: (row: NodeRow) => Safe,
): Safe {
  const columns: readonly Column<NodeRow>[] = [
    { title: strings.name, cell: ({ name }) => hostBadge(name) },
    { title: strings.role, cell: ({ role }) => known(strings.roles, role) },
    { title: strings.status, cell: ({ status }) => stateBadge(strings, status) },
    { title: strings.availability, cell: availabilityOf },
    { title: strings.managerStatus, cell: ({ manager }) => manager },
    { title: strings.address, cell: ({ address }) => code(address) },
  ];
  return table(strings.pages.nodes, columns, rows, ({ id }) => id);
}

export function networksTable(strings: ConsoleStrings, rows: readonly NetworkRow[]): Safe {
  const columns: readonly Column<NetworkRow>[] = [
    {
      title: strings.name,
      cell: ({ name, flags }) =>
        html`${name}${flags.map((flag) => html` <span class="console-flag">${strings[flag]}</span>`)}`,
    },
    { title: strings.driver, cell: ({ driver }) => driver },
    { title: strings.scope, cell: ({ scope }) => scope },
    { title: strings.subnet, cell: ({ subnet }) => (subnet ? code(subnet) : '') },
  ];
  return table(strings.pages.networks, columns, rows, ({ id }) => id);
}

export function tasksTable(strings: ConsoleStrings, rows: readonly TaskRow[]): Safe {
  if (rows.length === 0) return empty(strings.none.tasks);
  const columns: readonly Column<TaskRow>[] = [
    { title: strings.task, cell: ({ name }) => name },
    { title: strings.node, cell: ({ node }) => (node ? hostBadge(node) : '') },
    { title: strings.state, cell: ({ state }) => stateBadge(strings, state) },
    { title: strings.desired, cell: ({ desired }) => known(strings.states, desired) },
    { title: strings.error, cell: ({ error }) => error },
  ];
  return table(strings.pages.tasks, columns, rows, ({ id }) => id);
}

/** Inspect resource → Containers. */
export function containersTable(strings: ConsoleStrings, rows: readonly TaskRow[]): Safe {
  const made = rows.filter(({ containerId }) => containerId !== '');
  if (made.length === 0) return empty(strings.noContainers);
  const columns: readonly Column<TaskRow>[] = [
    { title: strings.container, cell: ({ containerId }) => code(containerId.slice(0, 12)) },
    { title: strings.task, cell: ({ name }) => name },
    { title: strings.node, cell: ({ node }) => hostBadge(node) },
    { title: strings.state, cell: ({ state }) => stateBadge(strings, state) },
    { title: strings.address, cell: ({ addresses }) => addresses.join(', ') },
  ];
  return table(strings.containers, columns, made, ({ id }) => id);
}

export function stacksTable(strings: ConsoleStrings, rows: readonly StackRow[]): Safe {
  if (rows.length === 0) return empty(strings.none.stacks);
  const columns: readonly Column<StackRow>[] = [
    { title: strings.stack, cell: ({ name }) => name },
    { title: strings.servicesInStack, cell: ({ services }) => services.join(', ') },
  ];
  return table(strings.pages.stacks, columns, rows, ({ name }) => name);
}

export const empty = (text: string): Safe => html`<p class="console-empty">${text}</p>`;

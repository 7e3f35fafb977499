// The whole console as HTML, from what has been chosen in it and what the daemon has answered.

import type { ConsoleStrings } from '../i18n/console-strings.ts';
import { fill } from '../i18n/fill.ts';
import { listCommands, serviceCommands } from './actions.ts';
import { code, html, type Safe } from './html.ts';
import {
  containersTable,
  empty,
  networksTable,
  nodesTable,
  servicesTable,
  stacksTable,
  tasksTable,
} from './lists.ts';
import type { NetworkRow, NodeRow, ServiceRow, TaskRow } from './objects.ts';
import { portText, stackRows } from './objects.ts';

export const pages = ['services', 'nodes', 'networks', 'tasks', 'stacks'] as const;
export type Page = (typeof pages)[number];
export const panels = ['details', 'configure', 'containers', 'logs'] as const;
export type Panel = (typeof panels)[number];

export interface Screen {
  readonly host: string;
  readonly hosts: readonly string[];
  readonly page: Page;
  /** The service that is looked at, by name. */
  readonly service: string | undefined;
  readonly panel: Panel;
  readonly section: 'details' | 'scheduling';
  readonly removing: boolean;
  readonly busy: boolean;
  /** The daemon's own error text. */
  readonly error: string | undefined;
  readonly services: readonly ServiceRow[];
  readonly nodes: readonly NodeRow[];
  readonly networks: readonly NetworkRow[];
  readonly tasks: readonly TaskRow[];
  readonly logs: string | undefined;
  /** What was done last. */
  readonly said:
    | { readonly ok: boolean; readonly text: string; readonly command: string }
    | undefined;
  /** What Save would do. */
  readonly draft: string;
}

export function screenHtml(screen: Screen, strings: ConsoleStrings): string {
  const { page, service, error } = screen;
  return html`<div class="console-bar">${nav(screen, strings)}<label class="console-host"><span>${strings.asks}</span> <select data-do="host">${screen.hosts.map((host) => html`<option value="${host}"${flag(host === screen.host, 'selected')}>${host}</option>`)}</select></label></div>
<div class="console-body">${error === undefined ? (service === undefined ? list(screen, strings) : detail(screen, strings, service)) : html`<p class="console-error" role="alert" lang="en">${error}</p>`}</div>
<div class="console-foot">${said(screen, strings)}${error === undefined && equals(strings.equals, service === undefined ? listCommands[page] : shown(screen, service), strings)}</div>`
    .html;
}

const flag = (on: boolean, name: string): Safe | undefined =>
  on ? { html: ` ${name}` } : undefined;

const nav = ({ page }: Screen, strings: ConsoleStrings): Safe =>
  html`<nav class="console-nav" aria-label="${strings.swarm}">${pages.map((one) => html`<button type="button" data-do="page" data-value="${one}"${one === page && { html: ' aria-current="page"' }}>${strings.pages[one]}</button>`)}</nav>`;

const equals = (label: string, command: string, strings: ConsoleStrings): Safe =>
  html`<p class="console-equals"><span>${label}</span> ${code(command)} <button type="button" class="button quiet" data-do="copy" data-value="${command}" aria-label="${strings.copy}: ${command}">${strings.copy}</button></p>`;

const shown = ({ panel }: Screen, name: string): string =>
  serviceCommands[panel === 'configure' ? 'details' : panel](name);

const said = ({ said: last }: Screen, strings: ConsoleStrings): Safe =>
  html`<div role="status" class="console-said" data-ok="${String(last?.ok ?? true)}">${last && html`<p>${last.ok ? `✓ ${strings.done}` : `✗ ${strings.failed}`} ${last.text}</p><p class="console-equals"><span>${strings.equalsDone}</span> ${code(last.command)}</p>`}</div>`;

// ---- lists --------------------------------------------------------------------------------------

function list(screen: Screen, strings: ConsoleStrings): Safe {
  const crumbs = html`<p class="console-crumbs">${strings.swarm} › ${strings.pages[screen.page]}</p>`;
  return html`${crumbs}${listOf(screen, strings)}`;
}

function listOf(screen: Screen, strings: ConsoleStrings): Safe {
  switch (screen.page) {
    case 'services':
      return servicesTable(
        strings,
        screen.services,
        ({ name }) =>
          html`<button type="button" class="console-link" data-do="service" data-value="${name}">${name}</button>`,
      );
    case 'nodes':
      return nodesTable(strings, screen.nodes, (row) => availability(row, strings));
    case 'networks':
      return networksTable(strings, screen.networks);
    case 'tasks':
      return tasksTable(strings, screen.tasks);
    case 'stacks':
      return stacksTable(strings, stackRows(screen.services));
  }
}

const availability = (row: NodeRow, strings: ConsoleStrings): Safe =>
  html`<select data-do="availability" data-value="${row.name}" aria-label="${strings.availability}: ${row.name}">${['active', 'pause', 'drain'].map((one) => html`<option value="${one}"${flag(one === row.availability, 'selected')}>${strings.availabilities[one]}</option>`)}</select>`;

// ---- one service --------------------------------------------------------------------------------

function detail(screen: Screen, strings: ConsoleStrings, name: string): Safe {
  const row = screen.services.find((one) => one.name === name);
  const crumbs = html`<p class="console-crumbs">${strings.swarm} › <button type="button" class="console-link" data-do="back">${strings.pages.services}</button> › ${name}</p>`;
  if (!row) return html`${crumbs}${empty(strings.gone)}`;
  const tab = (panel: Panel, label: string) =>
    html`<button type="button" class="button quiet" data-do="panel" data-value="${panel}" aria-pressed="${String(screen.panel === panel)}">${label}</button>`;
  return html`${crumbs}<div class="console-actions">${tab('details', strings.details)}${tab('configure', strings.configure)}<span class="console-group" role="group" aria-label="${strings.inspectResource}"><span>${strings.inspectResource}</span>${tab('containers', strings.containers)}${tab('logs', strings.logs)}</span><button type="button" class="button quiet" data-do="remove">${strings.remove}</button></div>${
    screen.removing && question(row, screen, strings)
  }${panelOf(screen, strings, row)}`;
}

const question = ({ name }: ServiceRow, { busy }: Screen, strings: ConsoleStrings): Safe =>
  html`<div class="console-ask" role="group" aria-label="${strings.remove}"><p>${fill(strings.removeAsk, { name })}</p>${equals(strings.equals, `docker service rm ${name}`, strings)}<button type="button" class="button" data-do="remove-yes"${flag(busy, 'disabled')}>${strings.removeYes}</button> <button type="button" class="button quiet" data-do="remove-no">${strings.cancel}</button></div>`;

function panelOf(screen: Screen, strings: ConsoleStrings, row: ServiceRow): Safe {
  switch (screen.panel) {
    case 'details':
      return details(screen, strings, row);
    case 'configure':
      return configure(screen, strings, row);
    case 'containers':
      return containersTable(
        strings,
        screen.tasks.filter(({ service }) => service === row.name),
      );
    case 'logs':
      return html`<p><button type="button" class="button quiet" data-do="logs">${strings.logsAgain}</button></p>${
        screen.logs === undefined
          ? empty(strings.logsLoading)
          : screen.logs === ''
            ? empty(strings.noLogs)
            : html`<pre class="console-logs" tabindex="0" lang="en" aria-label="${strings.logs}">${screen.logs}</pre>`
      }`;
  }
}

function details({ host, networks }: Screen, strings: ConsoleStrings, row: ServiceRow): Safe {
  const endpoints = row.ports.map((port) => {
    const url = `http://${host}:${port.PublishedPort ?? port.TargetPort}/`;
    return html`<a href="${url}" data-do="endpoint" data-value="${url}" title="${strings.endpointHint}">${url}</a> <span class="console-port">${portText(port)}</span> `;
  });
  const names = row.networks.map((id) => networks.find((one) => one.id === id)?.name ?? id);
  const line = (title: string, value: Safe | string) =>
    html`<div><dt>${title}</dt><dd>${value}</dd></div>`;
  return html`<dl class="console-facts">${line(strings.endpoint, endpoints.length > 0 ? html`${endpoints}` : strings.noEndpoint)}${line(strings.mode, strings.modes[row.mode] ?? row.mode)}${line(strings.replicas, `${row.running}/${row.desired}`)}${line(strings.image, code(row.image))}${line(strings.networksOf, names.join(', ') || 'ingress')}</dl>`;
}

function configure(screen: Screen, strings: ConsoleStrings, row: ServiceRow): Safe {
  const tab = (section: Screen['section'], label: string) =>
    html`<button type="button" data-do="section" data-value="${section}" aria-pressed="${String(screen.section === section)}">${label}</button>`;
  const scheduling =
    row.replicas === undefined
      ? empty(strings.globalHint)
      : html`<label>${strings.scale} <input type="number" name="replicas" min="0" max="200" step="1" required value="${row.replicas}" /></label><p class="console-hint">${strings.scaleHint}</p>`;
  return html`<form class="console-form" data-key="${row.id}"><div class="console-sections">${tab('details', strings.details)}${tab('scheduling', strings.scheduling)}</div><div${flag(screen.section !== 'details', 'hidden')}><label>${strings.image} <input type="text" name="image" required value="${row.image}" lang="en" spellcheck="false" autocomplete="off" /></label></div><div${flag(screen.section !== 'scheduling', 'hidden')}>${scheduling}</div>${screen.draft !== '' && equals(strings.equalsSave, screen.draft, strings)}<p><button type="submit" class="button"${flag(screen.busy, 'disabled')}>${screen.busy ? strings.saving : strings.save}</button> <button type="button" class="button quiet" data-do="panel" data-value="details">${strings.cancel}</button></p></form>`;
}

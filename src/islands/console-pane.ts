// The live console: one more client of the Engine API. It asks for views of the state, never keeps a copy of its own; what
// it does goes into the session's input log, and it says which docker command each action equals.
import type { ApiResult } from '../../sandbox-engine/protocol/index.ts';
import {
  type Action,
  changeCommand,
  changeService,
  removeService,
  type ServiceChange,
  serviceCommands,
  setAvailability,
} from '../console/actions.ts';
import {
  type ApiNetwork,
  type ApiNode,
  type ApiService,
  type ApiTask,
  networkRows,
  nodeRows,
  serviceRows,
  taskRows,
} from '../console/objects.ts';
import { type Page, type Panel, type Screen, screenHtml } from '../console/screen.ts';
import { consoleStrings } from '../i18n/console-strings.ts';
import { stepOfCommand } from '../labs/via.ts';
import { morph } from './morph.ts';
import { client, find, lab, language } from './page-data.ts';

const strings = consoleStrings[language];
const hosts = ['manager1', 'worker1', 'worker2', 'worker3'];
const reads = {
  services: { path: '/services', query: 'status=true' },
  nodes: { path: '/nodes', query: '' },
  networks: { path: '/networks', query: '' },
  tasks: { path: '/tasks', query: '' },
} as const;
type Read = keyof typeof reads;

type Choice = Pick<Screen, 'host' | 'page' | 'service' | 'panel' | 'section' | 'removing'>;

export class ConsolePane {
  readonly #root: HTMLElement;
  readonly #answers = new Map<Read, ApiResult>();
  #stops: (() => void)[] = [];
  #choice: Choice = {
    host: 'manager1',
    page: 'services',
    service: undefined,
    panel: 'details',
    section: 'scheduling',
    removing: false,
  };
  #busy = false;
  #logs: string | undefined;
  #said: Screen['said'];
  #draft = '';

  constructor(root: HTMLElement) {
    this.#root = root;
    root.addEventListener('click', (event) => this.#click(event));
    root.addEventListener('change', (event) => this.#change(event));
    root.addEventListener('input', () => this.#noteDraft());
    root.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#save();
    });
    client.on.add('rewound', () => {
      this.#said = undefined;
      this.#logs = undefined;
      this.#show();
    });
    this.#listen();
  }

  // ---- what the daemon answers -----------------------------------------------------------

  #listen(): void {
    for (const stop of this.#stops) stop();
    this.#answers.clear();
    this.#stops = (Object.keys(reads) as Read[]).map((read) =>
      client.subscribe('api', { host: this.#choice.host, ...reads[read] }, (value) => {
        this.#answers.set(read, value as ApiResult);
        this.#show();
      }),
    );
    this.#show();
  }

  #body<Item>(read: Read): readonly Item[] {
    const body = this.#answers.get(read)?.body;
    return Array.isArray(body) ? (body as readonly Item[]) : [];
  }

  #show(): void {
    const services = this.#body<ApiService>('services');
    const nodes = this.#body<ApiNode>('nodes');
    const { page } = this.#choice;
    const asked: Read = page === 'stacks' ? 'services' : page;
    const screen: Screen = {
      ...this.#choice,
      hosts,
      busy: this.#busy,
      error: this.#answers.get(asked)?.error,
      services: serviceRows(services),
      nodes: nodeRows(nodes),
      networks: networkRows(this.#body<ApiNetwork>('networks')),
      tasks: taskRows(this.#body<ApiTask>('tasks'), services, nodes),
      logs: this.#logs,
      said: this.#said,
      draft: this.#draft,
    };
    morph(this.#root, screenHtml(screen, strings));
  }

  // ---- what is pressed -------------------------------------------------------------------

  #choose(choice: Partial<Choice>): void {
    this.#choice = { ...this.#choice, removing: false, ...choice };
    this.#said = undefined;
    this.#draft = '';
    this.#show();
    const { service, panel } = this.#choice;
    if (service === undefined) return;
    if (panel === 'logs') void this.#readLogs(service);
    if (panel !== 'configure') this.#looked(serviceCommands[panel](service));
  }

  /** A step whose command shows the same has been done by looking. */
  #looked(command: string): void {
    const step = stepOfCommand(lab, client.done, command);
    const found = lab.steps.find(({ id }) => id === step);
    if (found && found.check.length === 0) client.noteDone(found.id);
  }

  #click(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target.closest('[data-do]') : null;
    if (!(target instanceof HTMLElement) || target instanceof HTMLSelectElement) return;
    const { do: what, value = '' } = target.dataset;
    if (what === 'page') this.#choose({ page: value as Page, service: undefined });
    else if (what === 'service') this.#choose({ service: value, panel: 'details' });
    else if (what === 'back') this.#choose({ service: undefined });
    else if (what === 'panel') this.#choose({ panel: value as Panel });
    else if (what === 'section') {
      this.#choice = { ...this.#choice, section: value as Choice['section'] };
      this.#show();
    } else if (what === 'remove') this.#choose({ removing: true });
    else if (what === 'remove-no') this.#choose({});
    else if (what === 'remove-yes') void this.#remove();
    else if (what === 'logs') void this.#readLogs(this.#choice.service ?? '');
    else if (what === 'copy') void this.#copy(target, value);
    else if (what === 'endpoint') {
      event.preventDefault();
      target.dispatchEvent(new CustomEvent('lab-browse', { detail: value, bubbles: true }));
    }
  }

  #change({ target }: Event): void {
    if (!(target instanceof HTMLSelectElement)) return;
    if (target.dataset.do === 'host') {
      this.#choice = { ...this.#choice, host: target.value, service: undefined };
      this.#listen();
    } else if (target.dataset.do === 'availability') {
      const node = this.#body<ApiNode>('nodes').find(
        ({ Description }) => Description.Hostname === target.dataset.value,
      );
      if (node) void this.#act(setAvailability(node, target.value));
    }
  }

  async #copy(button: HTMLElement, command: string): Promise<void> {
    await navigator.clipboard.writeText(command);
    button.textContent = strings.copied;
    setTimeout(() => this.#show(), 1_500);
  }

  async #readLogs(service: string): Promise<void> {
    this.#logs = undefined;
    this.#show();
    const path = `/services/${service}/logs`;
    const query = { stdout: '1', stderr: '1', tail: '200' };
    const { host } = this.#choice;
    const result = (await client.ask({ about: 'api', host, path, query })) as ApiResult;
    this.#logs = result.error ?? String(result.body ?? '');
    this.#show();
  }

  // ---- what is done ----------------------------------------------------------------------

  get #service(): ApiService | undefined {
    return this.#body<ApiService>('services').find(
      ({ Spec }) => Spec.Name === this.#choice.service,
    );
  }

  /** What the form asks for beyond what is. */
  #wanted(service: ApiService): ServiceChange {
    const form = find<HTMLFormElement>(this.#root, 'form');
    const fields = new FormData(form);
    const [row] = serviceRows([service]);
    const replicas = fields.get('replicas');
    const image = String(fields.get('image') ?? '').trim();
    const count = replicas === null || replicas === '' ? undefined : Number(replicas);
    return {
      ...(count !== undefined && count !== row?.replicas && { replicas: count }),
      ...(image !== '' && image !== row?.image && { image }),
    };
  }

  #noteDraft(): void {
    const service = this.#service;
    if (!service || this.#choice.panel !== 'configure') return;
    const change = this.#wanted(service);
    this.#draft = Object.keys(change).length === 0 ? '' : changeCommand(service.Spec.Name, change);
    this.#show();
  }

  async #save(): Promise<void> {
    const service = this.#service;
    if (!service) return;
    const change = this.#wanted(service);
    if (Object.keys(change).length === 0) {
      this.#choose({ panel: 'details' });
      return;
    }
    // As the source's console did: back to the list, where the tasks can be seen to come.
    if (await this.#act(changeService(service, change)))
      this.#choice = { ...this.#choice, service: undefined, panel: 'details' };
    this.#draft = '';
    this.#show();
  }

  async #remove(): Promise<void> {
    const service = this.#service;
    if (!service) return;
    if (await this.#act(removeService(service)))
      this.#choice = { ...this.#choice, service: undefined };
    this.#choice = { ...this.#choice, removing: false };
    this.#show();
  }

  /** Answers whether it was done. */
  async #act({ call, command }: Action): Promise<boolean> {
    const step = stepOfCommand(lab, client.done, command);
    this.#busy = true;
    this.#said = undefined;
    this.#show();
    const result = (await client.perform({
      do: 'api',
      host: this.#choice.host,
      ...call,
      ...(step !== undefined && { step }),
    })) as ApiResult | undefined;
    this.#busy = false;
    const ok = result !== undefined && result.error === undefined;
    const text = ok ? '' : (result?.error ?? strings.wentBack);
    this.#said = { ok, text, command };
    this.#show();
    return ok;
  }
}

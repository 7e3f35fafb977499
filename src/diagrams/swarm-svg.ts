// The whole swarm as SVG: services above, the hosts side by side with their tasks, and a line for each overlay below, with a
// drop to every host that has it.
import type { SwarmHostView, SwarmView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { isFaulty, isOff, nodeLine, overlaysOn, strokeOf, taskState } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';

const hostWidth = 168;
const gap = 14;
const margin = 12;
const boxHeight = 40;
const serviceHeight = 30;
const busGap = 34;

export function swarmSvg(view: SwarmView, language: Language): string {
  const words = swarmWords[language];
  const { hosts, services, networks } = view;
  const width = margin * 2 + hosts.length * hostWidth + (hosts.length - 1) * gap;
  const body: string[] = [];
  services.forEach((service, i) => {
    const y = margin + i * (serviceHeight + 6);
    const vips = service.virtualIps.map(
      ({ network, address }) => `${words.vip} ${address} (${network})`,
    );
    const ports = service.ports.map(({ port, target }) => `:${port} → :${target}`);
    const name = `${service.name}  ${service.running}/${service.desired}`;
    body.push(
      svgRect(margin, y, width - margin * 2, serviceHeight, 'service', 15),
      svgText(margin + 16, y + 20, name, 'strong', 'start'),
      svgText(
        margin + 32 + textWidth(name, 13),
        y + 20,
        [...vips, ...ports].join('   '),
        'address',
        'start',
      ),
    );
  });
  const top = margin + services.length * (serviceHeight + 6) + (services.length > 0 ? 10 : 0);
  const most = Math.max(1, ...hosts.map((host) => host.tasks.length + host.containers.length));
  const hostHeight = 74 + most * (boxHeight + 6) + 24;
  const busTop = top + hostHeight + 26;
  hosts.forEach((host, i) => {
    const x = margin + i * (hostWidth + gap);
    overlaysOn(view, host).forEach((network) => {
      const n = networks.indexOf(network);
      const dropX = x + hostWidth * ((n + 1) / (networks.length + 1));
      body.push(svgPath(`M${dropX} ${top + hostHeight}V${busTop + n * busGap}`, strokeOf(network)));
    });
    body.push(...hostBox(host, x));
  });
  networks.forEach((network, n) => {
    const y = busTop + n * busGap;
    const detail = words.subnet(network.subnet ?? '', network.vni, network.encrypted === true);
    body.push(
      svgPath(`M${margin} ${y}H${width - margin}`, strokeOf(network)),
      svgText(margin + 2, y + 17, network.name, 'strong d-halo', 'start'),
      svgText(
        margin + 12 + textWidth(network.name, 13.5),
        y + 17,
        detail,
        'address d-halo',
        'start',
      ),
    );
  });
  return svgImage(width, busTop + Math.max(1, networks.length) * busGap, body);

  function hostBox(host: SwarmHostView, x: number): string[] {
    const middle = x + hostWidth / 2;
    const down = isFaulty(host);
    const lines: string[] = [
      svgRect(x, top, hostWidth, hostHeight, `frame d-${host.name}${down ? ' d-down' : ''}`, 12),
      svgText(middle, top + 24, host.name, `host-name d-${host.name}`),
      ...nodeLines(host, language).map((line, n) =>
        svgText(middle, top + 41 + n * 14, line, down ? 'note d-bad' : 'note'),
      ),
    ];
    const runs = (state: string) => state === 'running' && !isOff(host);
    const boxes = [
      ...host.tasks.map((task) => ({
        name: task.name,
        detail: runs(task.state)
          ? [task.addresses[0]?.address ?? '', ...task.ports.map(({ port }) => `:${port}`)].join(
              ' ',
            )
          : taskState(host, task, language),
        off: !runs(task.state),
      })),
      ...host.containers.map(({ name, image, state, addresses }) => ({
        name,
        detail: runs(state) ? (addresses[0] ?? image) : state,
        off: !runs(state),
      })),
    ];
    boxes.forEach(({ name, detail, off }, n) => {
      const y = top + 66 + n * (boxHeight + 6);
      lines.push(
        svgRect(x + 10, y, hostWidth - 20, boxHeight, `container${off ? ' d-down' : ''}`, 6),
        svgText(middle, y + 17, shortened(name), 'strong'),
        svgText(middle, y + 32, detail, 'address'),
      );
    });
    if (boxes.length === 0) lines.push(svgText(middle, top + 90, words.noTasks, 'note'));
    lines.push(svgText(middle, top + hostHeight - 10, `eth0 ${host.address}`, 'address'));
    return lines;
  }
}

/** The role on one line, what is the matter with it on the next. */
function nodeLines(host: SwarmHostView, language: Language): string[] {
  const [role = '', ...rest] = nodeLine(host, language).split(' · ');
  return [role, rest.join(' · ')];
}

const shortened = (name: string): string => (name.length > 20 ? `${name.slice(0, 19)}…` : name);

// The hosts on their LAN as SVG: hosts above a line, the gateway and the internet at its end.
import type { LanView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { isOff } from './swarm-picture.ts';
import { swarmWords } from './swarm-words.ts';
import { bareImage, diagramWords } from './words.ts';

const hostWidth = 158;
const gap = 22;
const margin = 16;
const containerHeight = 34;

export function lanSvg(view: LanView, language: Language): string {
  const words = diagramWords[language];
  const hosts = view.hosts.filter(({ role }) => role !== 'gateway');
  const gateway = view.hosts.find(({ role }) => role === 'gateway');
  const rows = Math.max(1, ...hosts.map(({ containers }) => containers.length));
  const hostHeight = 78 + rows * (containerHeight + 6);
  const width = margin * 2 + hosts.length * hostWidth + (hosts.length - 1) * gap;
  const lanY = margin + hostHeight + 34;
  const body: string[] = [];

  hosts.forEach((host, i) => {
    const x = margin + i * (hostWidth + gap);
    const middle = x + hostWidth / 2;
    body.push(
      svgPath(`M${middle} ${margin + hostHeight}V${lanY}`, 'lan'),
      svgRect(
        x,
        margin,
        hostWidth,
        hostHeight,
        `frame d-${host.name}${host.cut ? ' d-down' : ''}`,
        12,
      ),
      svgText(middle, margin + 26, host.name, `host-name d-${host.name}`),
      svgText(
        middle,
        margin + 44,
        host.cut ? swarmWords[language].cut[host.cut] : words.role[host.role],
        host.cut ? 'note d-bad' : 'note',
      ),
    );
    const runs = (state: string) => state === 'running' && !isOff(host);
    host.containers.slice(0, rows).forEach((container, n) => {
      const y = margin + 56 + n * (containerHeight + 6);
      body.push(
        svgRect(
          x + 12,
          y,
          hostWidth - 24,
          containerHeight,
          runs(container.state) ? 'container' : 'container d-down',
          6,
        ),
        svgText(middle, y + 15, container.name, 'strong'),
        svgText(middle, y + 28, container.addresses[0] ?? bareImage(container.image), 'address'),
      );
    });
    if (host.containers.length === 0)
      body.push(svgText(middle, margin + 78, words.noContainers, 'note'));
    body.push(svgText(middle, margin + hostHeight - 12, `eth0 ${host.address}`, 'address'));
  });

  body.push(
    svgPath(`M${margin} ${lanY}H${width - margin}`, 'lan d-trunk'),
    svgText(margin, lanY + 20, `${words.lan} ${view.subnet}`, 'note', 'start'),
  );
  const gatewayY = lanY + 36;
  const middle = width / 2;
  const cloud = words.internet;
  if (gateway) {
    body.push(
      svgPath(`M${middle} ${lanY}V${gatewayY}`, 'lan'),
      svgRect(middle - 75, gatewayY, 150, 46, 'frame d-gateway', 10),
      svgText(middle, gatewayY + 20, gateway.name, 'host-name d-gateway'),
      svgText(middle, gatewayY + 37, gateway.address, 'address'),
      svgPath(`M${middle + 75} ${gatewayY + 23}H${middle + 125}`, 'lan'),
    );
    const cloudWidth = Math.max(110, textWidth(cloud, 13) + 40);
    body.push(
      svgRect(middle + 125, gatewayY + 3, cloudWidth, 40, 'internet', 20),
      svgText(middle + 125 + cloudWidth / 2, gatewayY + 28, cloud, 'strong'),
    );
  }
  return svgImage(width, gatewayY + 46 + margin, body);
}

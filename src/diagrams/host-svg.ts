// One host as SVG: its containers and other namespaces above, its own namespace with the bridges below, the LAN under it.
import type { HostView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { hostPicture, type PictureBox, type PictureDevice } from './host-picture.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { diagramWords } from './words.ts';

const margin = 14;
const gap = 14;
const chipHeight = 42;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  /** Above the host's own namespace, or in it. */
  readonly row: 'above' | 'bridges' | 'uplink';
}

const chipWidth = (device: PictureDevice): number =>
  Math.max(
    86,
    18 + Math.max(textWidth(device.name, 12), ...device.addresses.map((a) => textWidth(a, 11))),
  );
const boxWidth = (box: PictureBox): number =>
  Math.max(
    24 + textWidth(box.title, 13),
    24 + textWidth(box.image ?? '', 11),
    20 + box.devices.reduce((sum, device) => sum + chipWidth(device) + 8, 0),
  );

export function hostSvg(view: HostView, language: Language): string {
  const words = diagramWords[language];
  const picture = hostPicture(view);
  const above = picture.boxes.filter(({ kind }) => kind !== 'host');
  const own = picture.boxes.find(({ kind }) => kind === 'host');
  const uplinks = own?.devices.filter(({ kind }) => kind === 'ether') ?? [];
  const bridges = own?.devices.filter(({ kind }) => kind !== 'ether') ?? [];

  // Bridges stand in the order of what hangs on them, so that few lines cross; those with nothing on them come last.
  const orderOf = (bridge: PictureDevice): number => {
    const on = above.flatMap((box, i) =>
      box.devices.flatMap(({ id }) =>
        picture.lines.some(
          ({ from, to }) => (from === id && to === bridge.id) || (from === bridge.id && to === id),
        )
          ? [i]
          : [],
      ),
    );
    return on.length === 0 ? above.length : on.reduce((sum, i) => sum + i, 0) / on.length;
  };
  bridges.sort((a, b) => orderOf(a) - orderOf(b));

  const aboveWidth = above.reduce((sum, box) => sum + boxWidth(box) + gap, -gap);
  const bridgesWidth = bridges.reduce((sum, device) => sum + chipWidth(device) + gap, -gap) + 40;
  const inner = Math.max(420, aboveWidth, bridgesWidth);
  const width = inner + margin * 4;
  const body: string[] = [];
  const lines: string[] = [];
  const spots = new Map<string, Spot>();

  const topY = margin + 44;
  const boxHeight = 46 + chipHeight + 12;
  const ownY = above.length > 0 ? topY + boxHeight + 62 : topY;
  const uplinkY = ownY + 34 + chipHeight + 34;
  const ownHeight = uplinkY + chipHeight + 14 - ownY;
  const frameHeight = ownY + ownHeight + margin - margin;
  const lanY = frameHeight + margin + 34;

  body.push(
    svgRect(margin, margin, width - margin * 2, frameHeight, `frame d-${view.host}`, 14),
    svgText(margin + 16, margin + 28, view.host, `host-name d-${view.host}`, 'start'),
    svgRect(margin * 2, ownY, inner, ownHeight, 'namespace d-own', 10),
    svgText(margin * 2 + 12, ownY + 20, words.hostNamespace, 'note', 'start'),
  );

  let x = margin * 2 + Math.max(0, (inner - aboveWidth) / 2);
  for (const box of above) {
    const wide = boxWidth(box);
    body.push(
      svgRect(x, topY, wide, boxHeight, `namespace d-box-${box.kind}`, 10),
      svgText(x + wide / 2, topY + 19, box.title, 'strong'),
      svgText(x + wide / 2, topY + 35, box.image ?? words.namespaceKind[box.kind], 'note'),
    );
    let chipX = x + 10;
    for (const device of box.devices) {
      place(device, chipX, topY + 46, 'above');
      chipX += chipWidth(device) + 8;
    }
    x += wide + gap;
  }
  spread(bridges, ownY + 34, 'bridges');
  spread(uplinks, uplinkY, 'uplink');

  for (const line of picture.lines) {
    const [from, to] = [spots.get(line.from), spots.get(line.to)];
    if (!from || !to) continue;
    lines.push(wire(from, to, line.label, line.stroke));
  }
  for (const device of uplinks) {
    const spot = spots.get(device.id);
    if (spot) lines.push(svgPath(`M${centre(spot)} ${spot.y + chipHeight}V${lanY}`, 'lan'));
  }
  body.push(
    svgPath(`M${margin} ${lanY}H${width - margin}`, 'lan d-trunk'),
    svgText(margin, lanY + 20, `${words.lan} 192.168.56.0/24`, 'note', 'start'),
  );
  for (const { port, toPort, container } of picture.ports) {
    const target = above.find(({ title }) => title === container)?.devices[0];
    const from = uplinks[0] && spots.get(uplinks[0].id);
    const to = target && spots.get(target.id);
    if (!from || !to) continue;
    const side = width - margin * 2 - 10;
    lines.push(
      svgPath(
        `M${from.x + from.width} ${from.y + chipHeight / 2}H${side}V${to.y - 58}`.replace(
          /V.*$/,
          `V${ownY - 20}H${centre(to) + 12}V${to.y + chipHeight}`,
        ),
        'publish',
      ),
      svgText(side - 6, uplinkY + chipHeight / 2 - 8, `:${port} → :${toPort}`, 'label', 'end'),
    );
  }
  return svgImage(width, lanY + 30, [...body, ...lines, ...chips()]);

  function spread(devices: readonly PictureDevice[], y: number, row: Spot['row']): void {
    const total = devices.reduce((sum, device) => sum + chipWidth(device) + gap, -gap);
    let left = margin * 2 + Math.max(20, (inner - total) / 2);
    for (const device of devices) {
      place(device, left, y, row);
      left += chipWidth(device) + gap;
    }
  }

  function place(device: PictureDevice, left: number, y: number, row: Spot['row']): void {
    spots.set(device.id, { x: left, y, width: chipWidth(device), row });
  }

  function chips(): string[] {
    return picture.boxes.flatMap((box) =>
      box.devices.flatMap((device) => {
        const spot = spots.get(device.id);
        if (!spot) return [];
        const [address] = device.addresses;
        return [
          svgRect(
            spot.x,
            spot.y,
            spot.width,
            chipHeight,
            `device d-dev-${device.kind}${device.up ? '' : ' d-down'}`,
            device.kind === 'bridge' ? 21 : 6,
          ),
          svgText(centre(spot), spot.y + (address ? 18 : 25), device.name, 'device-name'),
          ...(address ? [svgText(centre(spot), spot.y + 33, address, 'address')] : []),
        ];
      }),
    );
  }
}

const centre = (spot: Spot): number => spot.x + spot.width / 2;

function wire(from: Spot, to: Spot, label: string, stroke: string): string {
  const [upper, lower] = from.y <= to.y ? [from, to] : [to, from];
  const [a, b] = [centre(upper), centre(lower)];
  if (upper.y === lower.y) {
    const y = upper.y + chipHeight;
    return svgPath(`M${a} ${y}C${a} ${y + 40} ${b} ${y + 40} ${b} ${y}`, stroke);
  }
  const [start, end] = [upper.y + chipHeight, lower.y];
  const half = (start + end) / 2;
  const path = svgPath(`M${a} ${start}C${a} ${half + 20} ${b} ${half - 20} ${b} ${end}`, stroke);
  return label ? path + svgText(a + 6, start + 32, label, 'label', 'start') : path;
}

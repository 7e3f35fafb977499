// One host as SVG, in rows from top to bottom: containers, the namespaces that Docker hides, the host's own namespace with
// its bridges, and the LAN.
import type { HostView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import {
  type HostPicture,
  hostPicture,
  numbered,
  type PictureBox,
  type PictureDevice,
} from './host-picture.ts';
import { svgImage, svgPath, svgRect, svgText, textWidth } from './svg.ts';
import { type DiagramWords, diagramWords } from './words.ts';

const margin = 14;
const gap = 12;
const chipHeight = 40;
const boxHeight = 40 + chipHeight + 12;
const rowGap = 58;

interface Spot {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** A device's second line: its address, or what it tunnels. */
const detailOf = ({ addresses, vxlan }: PictureDevice, words: DiagramWords): string => {
  const [first = ''] = addresses;
  if (vxlan) return words.vxlan(vxlan.vni, vxlan.peers.length);
  return addresses.length > 1 ? `${first} +${addresses.length - 1}` : first;
};

export function hostSvg(view: HostView, language: Language): string {
  const words = diagramWords[language];
  const picture = hostPicture(view);
  const rows = boxRows(picture);
  const own = picture.boxes.find(({ kind }) => kind === 'host');
  const uplinks = own?.devices.filter(({ kind }) => kind === 'ether') ?? [];
  const bridges = inOrderOfWhatHangsOn(
    own?.devices.filter(({ kind }) => kind !== 'ether') ?? [],
    rows.flat(),
    picture,
  );
  const chipWidth = (device: PictureDevice): number =>
    Math.max(
      74,
      14 + textWidth(numbered(device), 12.5),
      12 + textWidth(detailOf(device, words), 11.5),
    );
  const boxWidth = (box: PictureBox): number =>
    Math.max(
      20 + textWidth(box.title, 13.5),
      20 + textWidth(subtitle(box), 11),
      16 + box.devices.reduce((sum, device) => sum + chipWidth(device) + 6, 0),
    );
  const rowWidth = (row: readonly PictureBox[]): number =>
    row.reduce((sum, box) => sum + boxWidth(box) + gap, -gap);
  const inner = Math.max(
    460,
    ...rows.map(rowWidth),
    bridges.reduce((sum, device) => sum + chipWidth(device) + gap, -gap) + 40,
  );
  const width = inner + margin * 4;
  const topY = margin + 40;
  const ownY = topY + rows.length * (boxHeight + rowGap);
  const uplinkY = ownY + 32 + chipHeight + 30;
  const foot = uplinkY + chipHeight + 12;
  const lanY = foot + margin + 26;
  const spots = new Map<string, Spot>();
  const body: string[] = [
    svgRect(margin, margin, width - margin * 2, foot + margin - margin, `frame d-${view.host}`, 14),
    svgText(margin + 14, margin + 26, view.host, `host-name d-${view.host}`, 'start'),
    svgRect(margin * 2, ownY, inner, foot - ownY, 'namespace d-own', 10),
    svgText(margin * 2 + 12, ownY + 18, words.hostNamespace, 'note', 'start'),
  ];
  rows.forEach((row, i) => {
    placeRow(row, topY + i * (boxHeight + rowGap));
  });
  spread(bridges, ownY + 32);
  spread(uplinks, uplinkY);
  const order = new Map(
    picture.boxes.flatMap(({ devices }) => devices.map(({ id }, i) => [id, i] as const)),
  );
  const lines = picture.lines.flatMap(({ from, to, label, stroke }) => {
    const [a, b] = [spots.get(from), spots.get(to)];
    return a && b ? [wire(a, b, { label, stroke, place: order.get(from) ?? 0 })] : [];
  });
  for (const device of uplinks) {
    const spot = spots.get(device.id);
    if (spot) lines.push(svgPath(`M${centre(spot)} ${spot.y + chipHeight}V${lanY}`, 'lan'));
  }
  body.push(
    svgPath(`M${margin} ${lanY}H${width - margin}`, 'lan d-trunk'),
    svgText(margin, lanY + 20, `${words.lan} 192.168.56.0/24`, 'note', 'start'),
  );
  return svgImage(width, lanY + 30, [...body, ...lines, ...published(), ...chips()]);

  function subtitle(box: PictureBox): string {
    return box.image ?? words.namespaceShort[box.kind];
  }

  function placeRow(row: readonly PictureBox[], y: number): void {
    let x = margin * 2 + (inner - rowWidth(row)) / 2;
    for (const box of row) {
      const wide = boxWidth(box);
      body.push(
        svgRect(x, y, wide, boxHeight, `namespace d-box-${box.kind}`, 10),
        svgText(x + wide / 2, y + 17, box.title, 'strong'),
        svgText(x + wide / 2, y + 32, subtitle(box), 'note'),
      );
      const chipsWidth = box.devices.reduce((sum, device) => sum + chipWidth(device) + 6, -6);
      let chipX = x + (wide - chipsWidth) / 2;
      for (const device of box.devices) {
        place(device, chipX, y + 40);
        chipX += chipWidth(device) + 6;
      }
      x += wide + gap;
    }
  }

  function spread(devices: readonly PictureDevice[], y: number): void {
    const total = devices.reduce((sum, device) => sum + chipWidth(device) + gap, -gap);
    let left = margin * 2 + Math.max(20, (inner - total) / 2);
    for (const device of devices) {
      place(device, left, y);
      left += chipWidth(device) + gap;
    }
  }

  function place(device: PictureDevice, x: number, y: number): void {
    spots.set(device.id, { x, y, width: chipWidth(device) });
  }

  /** A published port of a plain container: from the uplink along the right edge up to it. */
  function published(): string[] {
    const from = uplinks[0] && spots.get(uplinks[0].id);
    return picture.ports.flatMap(({ port, toPort, container }, i) => {
      const target = picture.boxes.find(
        ({ kind, title }) => kind === 'container' && title === container,
      )?.devices[0];
      const to = target && spots.get(target.id);
      if (!from || !to) return [];
      const side = width - margin * 2 - 8 - i * 6;
      const turn = to.y + chipHeight + 22 + i * 5;
      return [
        svgPath(
          `M${from.x + from.width} ${from.y + chipHeight / 2}H${side}V${turn}H${centre(to) + 12}V${to.y + chipHeight}`,
          'publish',
        ),
        svgText(
          side - 6,
          from.y + chipHeight / 2 - 7 - i * 14,
          `:${port} → :${toPort}`,
          'label',
          'end',
        ),
      ];
    });
  }

  function chips(): string[] {
    return picture.boxes.flatMap((box) =>
      box.devices.flatMap((device) => {
        const spot = spots.get(device.id);
        if (!spot) return [];
        const detail = detailOf(device, words);
        const kind = `device d-dev-${device.kind}${device.up ? '' : ' d-down'}`;
        return [
          svgRect(spot.x, spot.y, spot.width, chipHeight, kind, device.kind === 'bridge' ? 20 : 6),
          svgText(centre(spot), spot.y + (detail ? 17 : 25), numbered(device), 'device-name'),
          ...(detail ? [svgText(centre(spot), spot.y + 32, detail, 'address')] : []),
        ];
      }),
    );
  }
}

/** Containers above; below them each overlay's namespace with its load balancer beside it. */
function boxRows({ boxes }: HostPicture): (readonly PictureBox[])[] {
  const containers = boxes.filter(({ kind }) => kind === 'container');
  const networkOf = ({ devices }: PictureBox): string =>
    devices.find(({ network }) => network !== undefined && network !== 'docker_gwbridge')
      ?.network ?? '';
  const hidden = boxes
    .filter(({ kind }) => kind !== 'container' && kind !== 'host')
    .map((box, i) => ({ box, key: networkOf(box), i }))
    .sort((a, b) => (a.key === b.key ? a.i - b.i : a.key < b.key ? -1 : 1))
    .map(({ box }) => box);
  return [containers, hidden].filter((row) => row.length > 0);
}

/** Bridges stand in the order of what hangs on them, so that few lines cross; those with nothing on them come last. */
function inOrderOfWhatHangsOn(
  bridges: readonly PictureDevice[],
  boxes: readonly PictureBox[],
  { lines }: HostPicture,
): readonly PictureDevice[] {
  const order = (bridge: PictureDevice): number => {
    const on = boxes.flatMap((box, i) =>
      box.devices.flatMap(({ id }) =>
        lines.some(
          ({ from, to }) => (from === id && to === bridge.id) || (from === bridge.id && to === id),
        )
          ? [i]
          : [],
      ),
    );
    return on.length === 0 ? boxes.length : on.reduce((sum, i) => sum + i, 0) / on.length;
  };
  return bridges.toSorted((a, b) => order(a) - order(b));
}

const centre = (spot: Spot): number => spot.x + spot.width / 2;

/** How far below a device its line's label stands, by the device's place in its box: neighbours' labels stay apart. */
const labelDrops = [16, 44, 30] as const;

function wire(
  from: Spot,
  to: Spot,
  {
    label,
    stroke,
    place,
  }: { readonly label: string; readonly stroke: string; readonly place: number },
): string {
  const [upper, lower] = from.y <= to.y ? [from, to] : [to, from];
  const [a, b] = [centre(upper), centre(lower)];
  if (upper.y === lower.y) {
    const y = upper.y + chipHeight;
    const depth = y + 26;
    const path = svgPath(`M${a} ${y}C${a} ${depth} ${b} ${depth} ${b} ${y}`, stroke);
    return label ? path + svgText((a + b) / 2, y + 30, label, 'label') : path;
  }
  const [start, end] = [upper.y + chipHeight, lower.y];
  const half = (start + end) / 2;
  const path = svgPath(`M${a} ${start}C${a} ${half + 20} ${b} ${half - 20} ${b} ${end}`, stroke);
  const drop = labelDrops[place % labelDrops.length] ?? 16;
  return label ? path + svgText(a + 5, start + drop, label, 'label', 'start') : path;
}

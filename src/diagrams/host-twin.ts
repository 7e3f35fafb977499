// One host's networking in words.
import type { HostView } from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';
import { hostPicture, numbered, type PictureBox, type PictureDevice } from './host-picture.ts';
import { labelled, type Twin, type TwinItem } from './twin.ts';
import { diagramWords } from './words.ts';

export function hostTwin(view: HostView, language: Language): Twin {
  const words = diagramWords[language];
  const picture = hostPicture(view);
  const names = new Map(
    picture.boxes.flatMap((box) =>
      box.devices.map((device) => [
        device.id,
        box.kind === 'host' ? numbered(device) : `${numbered(device)} (${box.title})`,
      ]),
    ),
  );
  const joined = (device: string): string[] =>
    picture.lines
      .filter(({ from, to }) => from === device || to === device)
      .map(({ from, to, label }) => {
        const other = names.get(from === device ? to : from) ?? '';
        return words.joinedTo(label ? `${other} (${label})` : other);
      });
  const deviceText = (device: PictureDevice): string =>
    device.vxlan
      ? labelled(
          numbered(device),
          words.vxlan(device.vxlan.vni, device.vxlan.peers.length),
          language,
        )
      : words.device(numbered(device), device.addresses.join(', '), !device.up);
  const boxItem = (box: PictureBox): TwinItem => ({
    text:
      box.kind === 'host'
        ? words.devices(words.hostNamespace)
        : box.kind === 'container'
          ? labelled(box.title, words.container(box.image ?? '', box.state ?? 'running'), language)
          : labelled(box.title, words.namespaceKind[box.kind], language),
    items: box.devices.map((device) => ({
      text: deviceText(device),
      items: [
        ...(box.kind === 'host' ? [] : joined(device.id).map((text) => ({ text }))),
        ...(device.vxlan?.peers ?? []).map(({ mac, node, address }) => ({
          text: words.peer(mac, node, address ?? ''),
        })),
      ],
    })),
  });
  const networks: TwinItem = {
    text: words.networks,
    items: view.networks.map(({ name, driver, subnet, gateway, bridge }) => ({
      text: labelled(
        name,
        words.network(driver, subnet ?? '', gateway ?? '', bridge ?? ''),
        language,
      ),
    })),
  };
  const ports: TwinItem[] =
    picture.ports.length === 0
      ? []
      : [
          {
            text: words.ports,
            items: picture.ports.map(({ port, protocol, container, to, toPort }) => ({
              text: words.port(port, protocol, container, `${to}:${toPort}`),
            })),
          },
        ];
  const containers = picture.boxes.filter(({ kind }) => kind === 'container').length;
  return {
    summary: words.hostSummary(view.host, view.networks.length, containers),
    items: [networks, ...picture.boxes.map(boxItem), ...ports],
  };
}

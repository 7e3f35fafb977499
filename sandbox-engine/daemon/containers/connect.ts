// `docker network connect` and `disconnect`.
//
// Mirrors: moby daemon/container_operations.go (ConnectToNetwork, DisconnectFromNetwork).
import { validateEndpointSettings } from '../../libnetwork/index.ts';
import type { Op } from '../../sim/index.ts';
import { err, type Failure, failure, ok, type Result } from '../../std/index.ts';
import { sortedKeys } from '../body.ts';
import { endpointSettings, isUserMode } from './attachments.ts';
import { detach, networkEvent, takePlace } from './networking.ts';
import { type Attachment, type ContainerRow, hasProcess } from './rows.ts';
import type { ContainerStore } from './store.ts';

const sharing =
  'container sharing network namespace with another container or host cannot be connected to any other network';

/** Why a container in that mode may not be connected to one more network. */
function connectProblem(row: ContainerRow, name: string): Failure | undefined {
  const mode = row.hostConfig.NetworkMode;
  if (mode === 'host' || mode.startsWith('container:')) return failure('forbidden', sharing);
  if (name === 'host') {
    return failure(
      'forbidden',
      'cannot connect container to host network - container must be created in host network mode',
    );
  }
  if (name === 'none' || mode === 'none') {
    return failure(
      'forbidden',
      'container cannot be connected to multiple networks with one of the networks in private (none) mode',
    );
  }
  return undefined;
}

/** `docker network connect`: at once when the container runs, else from its next start on. */
export function* connectContainer(
  store: ContainerStore,
  term: string,
  network: string,
  wanted: Attachment,
): Op<Result<void, Failure>> {
  const found = store.find(term);
  if (!found.ok) return found;
  const row = found.value;
  const { controller } = store.context;
  const known = controller.find(network);
  const name = known.ok ? known.value.name : network;
  const refused = connectProblem(row, name);
  if (refused) return err(refused);
  const { network: _, ...settings } = endpointSettings(name, wanted);
  const valid = validateEndpointSettings(name, known.ok ? known.value : undefined, settings);
  if (!valid.ok) return valid;
  const running = hasProcess(row.state);
  if (!running) {
    if (!known.ok && !store.context.cluster?.knowsNetwork(network)) return known;
    const networks = sortedKeys({ ...row.networks, [name]: wanted });
    store.update(row, { networks });
    return ok(undefined);
  }
  if (known.ok && known.value.scope === 'swarm' && row.networks[name]?.networkId)
    return err(failure('conflict', `${row.name} is already attached to network ${name}`));
  const place = yield* takePlace(store, row, name, wanted);
  if (!place.ok) return place;
  const sandbox = controller.sandboxOf(row.containerId);
  if (!sandbox) return err(failure('system', `container ${row.containerId} has no sandbox`));
  const joined = controller.connect(sandbox.id, endpointSettings(name, place.value));
  if (!joined.ok) {
    if (place.value.attached) yield* detach(store, row, place.value);
    return joined;
  }
  const endpoint = joined.value;
  const dnsNames = isUserMode(endpoint.networkName) ? endpoint.dnsNames : null;
  const attachment = { ...place.value, networkId: endpoint.networkId, dnsNames };
  store.update(row, {
    networks: sortedKeys({ ...row.networks, [endpoint.networkName]: attachment }),
  });
  networkEvent(store, row, 'connect', endpoint.networkId);
  return ok(undefined);
}

/** `docker network disconnect`. */
export function* disconnectContainer(
  store: ContainerStore,
  term: string,
  network: string,
  force: boolean,
): Op<Result<void, Failure>> {
  const found = store.find(term);
  if (!found.ok) return found;
  const row = found.value;
  const { controller } = store.context;
  const known = controller.find(network);
  if (!known.ok) return known;
  const { name, networkId } = known.value;
  if (name === 'host' && row.hostConfig.NetworkMode === 'host') {
    return err(
      failure(
        'forbidden',
        'cannot disconnect container from host network - container was created in host network mode',
      ),
    );
  }
  const attachment = row.networks[name];
  if (!attachment) {
    return err(
      failure('forbidden', `container ${row.containerId} is not connected to network ${name}`),
    );
  }
  const sandbox = controller.sandboxOf(row.containerId);
  if (sandbox) {
    const left = controller.disconnect(sandbox.id, networkId, force);
    if (!left.ok) return left;
    networkEvent(store, row, 'disconnect', networkId);
    if (attachment.attached) yield* detach(store, row, attachment);
  }
  const networks = Object.fromEntries(Object.entries(row.networks).filter(([n]) => n !== name));
  store.update(row, { networks });
  return ok(undefined);
}

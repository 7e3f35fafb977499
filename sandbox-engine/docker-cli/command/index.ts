// Which code runs which command.
import type { Handler } from '../cli.ts';
import { cp } from './container/cp.ts';
import { attach, exec, start } from './container/exec.ts';
import * as lifecycle from './container/lifecycle.ts';
import * as look from './container/look.ts';
import { ls as containerLs } from './container/ls.ts';
import { create as containerCreate, run } from './container/run.ts';
import { stats } from './container/stats.ts';
import * as context from './context/store.ts';
import * as image from './image/ls.ts';
import { pull } from './image/pull.ts';
import { push } from './image/push.ts';
import * as network from './network/network.ts';
import * as node from './node/node.ts';
import { refusals } from './refusals.ts';
import { secretCommands } from './secret/secret.ts';
import { create as serviceCreate } from './service/create.ts';
import { inspect as serviceInspect } from './service/inspect.ts';
import { logs as serviceLogs } from './service/logs.ts';
import * as service from './service/ls.ts';
import { ps as servicePs } from './service/tasks.ts';
import { update as serviceUpdate } from './service/update.ts';
import { deploy } from './stack/deploy.ts';
import * as stack from './stack/stack.ts';
import * as swarm from './swarm/swarm.ts';
import { df, prune as systemPrune } from './system/df.ts';
import { events } from './system/events.ts';
import { info } from './system/info.ts';
import { inspect } from './system/inspect.ts';
import { version } from './system/version.ts';
import * as volume from './volume/volume.ts';

export const handlers: Readonly<Record<string, Handler>> = {
  'container attach': attach,
  'container cp': cp,
  'container create': containerCreate,
  'container diff': look.diff,
  'container exec': exec,
  'container inspect': look.inspect,
  'container kill': lifecycle.kill,
  'container logs': look.logs,
  'container ls': containerLs,
  'container pause': lifecycle.pause,
  'container port': look.port,
  'container prune': lifecycle.prune,
  'container rename': lifecycle.rename,
  'container restart': lifecycle.restart,
  'container rm': lifecycle.rm,
  'container run': run,
  'container start': start,
  'container stats': stats,
  'container stop': lifecycle.stop,
  'container top': look.top,
  'container unpause': lifecycle.unpause,
  'container update': lifecycle.update,
  'container wait': lifecycle.wait,
  'context inspect': context.inspect,
  'context ls': context.ls,
  'context show': context.show,
  'context use': context.use,
  'image history': image.history,
  'image inspect': image.inspect,
  'image ls': image.ls,
  'image prune': image.prune,
  'image pull': pull,
  'image push': push,
  'image rm': image.rm,
  'image tag': image.tag,
  inspect,
  'network connect': network.connect,
  'network create': network.create,
  'network disconnect': network.disconnect,
  'network inspect': network.inspect,
  'network ls': network.ls,
  'network prune': network.prune,
  'network rm': network.rm,
  'node demote': node.demote,
  'node inspect': node.inspect,
  'node ls': node.ls,
  'node promote': node.promote,
  'node ps': node.ps,
  'node rm': node.rm,
  'node update': node.update,
  ...secretCommands('secret'),
  ...secretCommands('config'),
  'service create': serviceCreate,
  'service inspect': serviceInspect,
  'service logs': serviceLogs,
  'service ls': service.ls,
  'service ps': servicePs,
  'service rm': service.rm,
  'service rollback': service.rollback,
  'service scale': service.scale,
  'service update': serviceUpdate,
  'stack config': stack.config,
  'stack deploy': deploy,
  'stack ls': stack.ls,
  'stack ps': stack.ps,
  'stack rm': stack.rm,
  'stack services': stack.services,
  'swarm ca': swarm.ca,
  'swarm init': swarm.init,
  'swarm join': swarm.join,
  'swarm join-token': swarm.joinToken,
  'swarm leave': swarm.leave,
  'swarm unlock': swarm.unlock,
  'swarm unlock-key': swarm.unlockKey,
  'swarm update': swarm.update,
  'system df': df,
  'system events': events,
  'system info': info,
  'system prune': systemPrune,
  version,
  'volume create': volume.create,
  'volume inspect': volume.inspect,
  'volume ls': volume.ls,
  'volume prune': volume.prune,
  'volume rm': volume.rm,
  ...refusals,
};

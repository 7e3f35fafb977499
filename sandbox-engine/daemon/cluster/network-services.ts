// `Services` of `docker network inspect --verbose`. Mirrors: libnetwork/agent.go (Services).
import type { NetworkController, ServiceEndpointRow } from '../../libnetwork/index.ts';
import { formatIpv4 } from '../../wire/index.ts';
import type { NetworkServiceView } from '../networks/index.ts';

export function networkServices(
  controller: NetworkController,
  networkId: string,
): NetworkServiceView[] {
  const byService = new Map<string, ServiceEndpointRow[]>();
  for (const row of controller.serviceEndpoints(networkId)) {
    if (!row.service || row.disabled) continue;
    const { serviceName } = row.service;
    byService.set(serviceName, [...(byService.get(serviceName) ?? []), row]);
  }
  const balancers = controller.loadBalancers(networkId);
  return [...byService].map(([name, rows]) => {
    const service = rows[0]?.service;
    const balancer = balancers.find((one) => one.serviceName === name);
    return {
      name,
      vip: service?.virtualIp ?? '<nil>',
      ports: (service?.ports ?? []).map(
        ({ targetPort, publishedPort }) => `Target: ${targetPort}, Publish: ${publishedPort}`,
      ),
      localLoadBalancerIndex: balancer?.fwmark ?? 0,
      tasks: rows.map((row) => ({
        name: row.name,
        endpointId: row.endpointId,
        endpointIp: formatIpv4(row.address),
        hostIp: formatIpv4(row.node),
      })),
    };
  });
}

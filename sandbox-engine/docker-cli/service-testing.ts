// Help for tests of `docker service`: a service as the API gives it, and its tasks.
/** When the fake world's clock starts: 2025-01-01T00:00:00Z. */
const start = 1_735_689_600_000;
const time = (secondsAgo: number): string => {
  const at = start - secondsAgo * 1000;
  const minutes = Math.floor(at / 60_000) % 60;
  const hours = Math.floor(at / 3_600_000) % 24;
  const two = (n: number): string => String(n).padStart(2, '0');
  const day = at < start ? '2024-12-31' : '2025-01-01';
  return `${day}T${two(hours)}:${two(minutes)}:${two(Math.floor(at / 1000) % 60)}Z`;
};

export const pinned =
  'nginx:alpine@sha256:3f5acb8f527576f9909d28d896999965a6b4c28d01b2a5da611c1920e9c8bdec';

/** A service of two replicas with three ports. */
export const web = {
  ID: '3hmj9yuk0zv5wtz2nm6l5bau4',
  Version: { Index: 29 },
  Spec: {
    Name: 'web',
    Labels: { tier: 'front' },
    TaskTemplate: {
      ContainerSpec: { Image: pinned, Init: false },
      Resources: {},
      Placement: {},
      ForceUpdate: 0,
    },
    Mode: { Replicated: { Replicas: 2 } },
    UpdateConfig: {
      Parallelism: 1,
      FailureAction: 'pause',
      Monitor: 5e9,
      MaxFailureRatio: 0,
      Order: 'stop-first',
    },
    RollbackConfig: {
      Parallelism: 1,
      FailureAction: 'pause',
      Monitor: 5e9,
      MaxFailureRatio: 0,
      Order: 'stop-first',
    },
    EndpointSpec: { Mode: 'vip' },
  },
  Endpoint: {
    Spec: { Mode: 'vip' },
    Ports: [
      { Protocol: 'tcp', TargetPort: 80, PublishedPort: 8000, PublishMode: 'ingress' },
      { Protocol: 'tcp', TargetPort: 81, PublishedPort: 8001, PublishMode: 'ingress' },
      { Protocol: 'udp', TargetPort: 53, PublishedPort: 53, PublishMode: 'host' },
    ],
  },
  ServiceStatus: { RunningTasks: 1, DesiredTasks: 2 },
};

/** A task of `web` that has been in its state for so many seconds. */
export const task = (
  id: string,
  slot: number,
  node: string,
  state: string,
  ago: number,
  extra = {},
) => ({
  ID: id.padEnd(25, '0'),
  CreatedAt: time(ago),
  ServiceID: web.ID,
  Slot: slot,
  NodeID: node,
  Spec: { ContainerSpec: { Image: pinned } },
  Status: { State: state, Timestamp: time(ago), ...extra },
  DesiredState: state === 'failed' ? 'shutdown' : 'running',
});

// The load balancers of one node in its load-balancer sandboxes.
import type { Ipv4 } from '../../wire/index.ts';
import type { LoadBalancerRow, NetworkRow } from '../api.ts';
import type { State } from '../state.ts';

export function addServer(_: State, __: NetworkRow, ___: LoadBalancerRow, ____: Ipv4): void {}
export function disableServer(_: State, __: NetworkRow, ___: LoadBalancerRow, ____: Ipv4): void {}
export function removeServer(_: State, __: NetworkRow, ___: LoadBalancerRow, ____: Ipv4): void {}
export function removeBalancer(_: State, __: NetworkRow, ___: LoadBalancerRow): void {}

// What happens to a swarm in a property test: operations as data that fast-check draws and shrinks. Numbers choose among
// what is there when the operation comes (modulo), so that every sequence makes sense, also after shrinking.
import fc from 'fast-check';
import { type Fault, type Image, imageNames } from './model.ts';

export type Operation =
  | { readonly do: 'network'; readonly attachable: boolean; readonly encrypted: boolean }
  | { readonly do: 'removeNetwork'; readonly which: number }
  | {
      readonly do: 'create';
      readonly mode: 'replicated' | 'global';
      readonly replicas: number;
      readonly image: Image;
      /** One bit for each network that is there. */
      readonly networks: number;
      readonly endpoint: 'vip' | 'dnsrr';
      readonly publish: 'none' | 'ingress' | 'host';
    }
  | { readonly do: 'scale'; readonly which: number; readonly replicas: number }
  | { readonly do: 'update'; readonly which: number; readonly change: UpdateChange }
  | { readonly do: 'rollback' | 'remove' | 'kill'; readonly which: number; readonly task: number }
  | {
      readonly do: 'availability';
      readonly node: number;
      readonly to: 'active' | 'pause' | 'drain';
    }
  | { readonly do: 'container' | 'removeContainer'; readonly node: number; readonly which: number }
  | { readonly do: 'membership'; readonly node: number }
  | { readonly do: 'fault'; readonly node: number; readonly fault: Fault };

export type UpdateChange =
  | { readonly of: 'image'; readonly image: Image }
  | { readonly of: 'environment' | 'force' | 'startFirst' }
  | { readonly of: 'networkAdd' | 'networkRemove'; readonly which: number }
  | { readonly of: 'publish'; readonly on: boolean };

/** An operation, and how many seconds pass after it: some come before the one before has settled. */
export interface Step {
  readonly operation: Operation;
  readonly seconds: number;
}

const which = fc.nat({ max: 7 });
const image = fc.constantFrom(...imageNames);
const change: fc.Arbitrary<UpdateChange> = fc.oneof(
  fc.record({ of: fc.constant('image' as const), image }),
  fc.record({ of: fc.constantFrom('force', 'environment', 'startFirst') }),
  fc.record({ of: fc.constantFrom('networkAdd', 'networkRemove'), which }),
  fc.record({ of: fc.constant('publish' as const), on: fc.boolean() }),
);

const operation: fc.Arbitrary<Operation> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('network' as const),
      attachable: fc.boolean(),
      encrypted: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('removeNetwork' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('create' as const),
      mode: fc.constantFrom('replicated', 'replicated', 'global'),
      replicas: fc.integer({ min: 0, max: 5 }),
      image,
      networks: fc.nat({ max: 7 }),
      endpoint: fc.constantFrom('vip', 'vip', 'dnsrr'),
      publish: fc.constantFrom('ingress', 'none', 'host', 'ingress'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('scale' as const),
      which,
      replicas: fc.integer({ min: 0, max: 6 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('update' as const), which, change }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom('rollback', 'remove', 'kill', 'kill'),
      which,
      task: which,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('availability' as const),
      node: which,
      to: fc.constantFrom('active', 'pause', 'drain'),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('container', 'removeContainer'),
      node: which,
      which,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('membership' as const), node: which }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('fault' as const),
      node: which,
      fault: fc.constantFrom<Fault>('cable', 'power', 'docker'),
    }),
  },
);

/** At least one network and one service to begin with: short sequences then have something to say. */
export const steps = (most: number): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ operation, seconds: fc.constantFrom(0, 1, 3, 8, 20) }), {
    minLength: 4,
    maxLength: most,
    size: 'max',
  });

import { describe, expect, it } from 'vitest';
import type { ServiceEndpoint } from '../../libnetwork/index.ts';
import { ip } from '../../wire/index.ts';
import { Broadcasts, byKey } from './broadcasts.ts';

const endpoint = (endpointId: string, slot: number, disabled = false): ServiceEndpoint => ({
  endpointId,
  node: ip('192.168.56.11'),
  name: `web.${slot}.0123456789abcdefghijklmno`,
  aliases: [],
  address: ip(`10.0.1.${slot}`),
  disabled,
});

const ids = (list: readonly ServiceEndpoint[]) => list.map(({ endpointId }) => endpointId);

describe('the order of a gossip round', () => {
  it('tells of the latest of equals first', () => {
    const broadcasts = new Broadcasts();
    const [a, b, c] = [endpoint('a', 3), endpoint('b', 4), endpoint('c', 5)];
    broadcasts.add('net', [], [a]);
    broadcasts.add('net', [a], [a, b]);
    broadcasts.add('net', [a, b], [a, b, c]);
    expect(ids(broadcasts.inOrder([a, b, c]))).toEqual(['c', 'b', 'a']);
  });

  it('tells of long records before short ones', () => {
    const broadcasts = new Broadcasts();
    const [tenth, ninth] = [endpoint('a', 10), endpoint('b', 9)];
    broadcasts.add('net', [], [tenth]);
    broadcasts.add('net', [tenth], [tenth, ninth]);
    expect(ids(broadcasts.inOrder([ninth, tenth]))).toEqual(['a', 'b']);
  });

  it('counts a record that has changed as new, and one that has not as old', () => {
    const broadcasts = new Broadcasts();
    const [a, b] = [endpoint('a', 3), endpoint('b', 4)];
    broadcasts.add('net', [], [a]);
    broadcasts.add('net', [a], [a, b]);
    const stopped = endpoint('a', 3, true);
    broadcasts.add('net', [a, b], [stopped, b]);
    expect(ids(broadcasts.inOrder([stopped, b]))).toEqual(['a', 'b']);
  });

  it('tells of each network once', () => {
    const broadcasts = new Broadcasts();
    broadcasts.add('one', [], [endpoint('a', 3)]);
    broadcasts.add('one', [], [endpoint('b', 4)]);
    broadcasts.add('two', [], []);
    broadcasts.add('gone', [], []);
    broadcasts.drop('gone');
    expect(broadcasts.take()).toEqual(['one', 'two']);
    expect(broadcasts.isEmpty).toBe(true);
  });

  it('sends a whole table in the order of its keys', () => {
    expect(ids(byKey([endpoint('b', 3), endpoint('c', 4), endpoint('a', 5)]))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });
});

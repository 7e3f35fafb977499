// The door to IPsec of one namespace (Linux: netlink XFRM).
import type { Result } from '../../std/index.ts';
import type { Ipv4 } from '../../wire/index.ts';
import type { Errno, XfrmPolicyRow, XfrmStateRow } from '../rows.ts';

/** A security association as it is added. */
export type XfrmState = Pick<
  XfrmStateRow,
  'source' | 'destination' | 'spi' | 'reqid' | 'algorithm' | 'key' | 'icvBits'
>;

export type XfrmPolicy = Omit<XfrmPolicyRow, 'id' | 'netns'>;

export interface Xfrm {
  /** Newest first. */
  states(): readonly XfrmStateRow[];
  /** Newest first. */
  policies(): readonly XfrmPolicyRow[];
  /** EEXIST: that SPI is taken for that destination. */
  addState(state: XfrmState): Result<XfrmStateRow, Errno>;
  /** ESRCH. */
  deleteState(destination: Ipv4, spi: number): Result<void, Errno>;
  /** EEXIST. */
  addPolicy(policy: XfrmPolicy): Result<XfrmPolicyRow, Errno>;
  /** ENOENT. */
  deletePolicy(policy: Omit<XfrmPolicy, 'spi' | 'reqid'>): Result<void, Errno>;
}

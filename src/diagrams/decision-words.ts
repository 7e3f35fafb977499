// What decided on a packet's way, in words. Every kind of decision, effect, outcome and loss has its wording in both
// languages by its type: a new one does not compile until it is said in each. What tools print (targets, states, routes)
// stays as they print it.
import type {
  Decision,
  IpvsOutcome,
  Loss,
  RuleEffect,
} from '../../sandbox-engine/protocol/index.ts';
import type { Language } from '../i18n/index.ts';

/** One wording for each name that a member of the union can have. */
type Wording<Union, Key extends keyof Union> = {
  readonly [Name in Union[Key] & string]: (fact: Variant<Union, Key, Name>) => string;
};
/** The members of a union that may carry that name. */
type Variant<Union, Key extends keyof Union, Name> = Union extends unknown
  ? Name extends Union[Key]
    ? Union
    : never
  : never;

export interface DecisionWords {
  readonly decision: Wording<Decision, 'kind'>;
  readonly effect: Wording<RuleEffect, 'target'>;
  readonly outcome: Wording<IpvsOutcome, 'kind'>;
  readonly loss: Wording<Loss, 'kind'>;
}

const upper = (protocol: string): string => protocol.toUpperCase();

const zh: DecisionWords = {
  decision: {
    received: ({ device }) => `从 ${device} 进来`,
    'to-peer': ({ device, peer }) => `从 ${device} 出去，到另一端的 ${peer}`,
    'to-lan': ({ device, mac }) => `从 ${device} 发到局域网，给 ${mac}`,
    'bridge-port': ({ bridge, mac, port }) => `网桥 ${bridge}：发往 ${mac}，从端口 ${port} 转发`,
    'bridge-host': ({ bridge }) => `网桥 ${bridge}：是给主机自己的`,
    'bridge-flood': ({ bridge, mac }) => `网桥 ${bridge}：转发表里没有 ${mac}，发往所有端口`,
    route: ({ route }) => `按路由 ${route}`,
    neighbour: ({ address, mac = '未知', state }) => `邻居 ${address} 的 MAC 是 ${mac}（${state}）`,
    'arp-request': ({ device, address }) => `${device} 用 ARP 问：谁是 ${address}？`,
    'arp-proxy': ({ device, address, mac }) => `${device} 代为回答 ARP：${address} 是 ${mac}`,
    rule: ({ table, chain, number, effect }) =>
      `${table} 表 ${chain} 链第 ${number} 条规则：${effectText(effect, 'zh')}`,
    'policy-drop': ({ table, chain }) => `${table} 表 ${chain} 链的默认策略：丢弃（DROP）`,
    'too-many-jumps': ({ table, chain, limit }) =>
      `${table} 表 ${chain} 链：跳转超过 ${limit} 次，丢弃`,
    conntrack: ({ translated }) =>
      `连接跟踪：按这条连接的记录改写${translated === 'source' ? '源' : '目的'}地址`,
    ipvs: ({ service, scheduler, outcome }) =>
      `IPVS ${service}（${scheduler}）：${outcomeText(outcome, 'zh')}`,
    encrypt: ({ spi, sequence }) => `用 ESP 加密：SPI ${spi}，第 ${sequence} 个包`,
    decrypt: ({ spi }) => `解密 ESP：SPI ${spi}`,
    'no-xfrm-state': ({ spi }) => `丢弃：策略要求加密，但没有 SPI 为 ${spi} 的安全关联`,
    encapsulate: ({ mac, node, vni, port }) =>
      `${mac} 在节点 ${node} 上：装进 VXLAN ${vni}，发往 UDP 端口 ${port}`,
    decapsulate: ({ vni, node, device }) =>
      `节点 ${node} 发来的 VXLAN ${vni}：拆开，交给 ${device}`,
    socket: ({ protocol, port, program }) =>
      `交给${protocol === 'tcp' ? '监听' : '使用'} ${upper(protocol)} 端口 ${port} 的${program === undefined ? '套接字' : ` ${program}`}`,
    connection: ({ remote, state, program }) =>
      `交给与 ${remote} 的连接（${[state, program].filter(Boolean).join('，')}）`,
    echo: () => '回显请求：由内核回答',
    ping: ({ identifier }) => `交给标识为 ${identifier} 的 ping`,
    lost: ({ loss }) => lossText(loss, 'zh'),
  },
  effect: {
    ACCEPT: () => '放行（ACCEPT）',
    DROP: () => '丢弃（DROP）',
    LOG: () => '记入日志（LOG）',
    REJECT: ({ answer }) => `拒绝，回复 ${answer}（REJECT）`,
    MARK: ({ mark }) => `打上记号 ${mark}（MARK）`,
    DNAT: ({ to }) => `目的改为 ${to}（DNAT）`,
    SNAT: ({ to }) => `源改为 ${to}（SNAT）`,
    MASQUERADE: ({ to }) =>
      to === undefined ? '丢弃：出口没有地址（MASQUERADE）' : `源改为出口的 ${to}（MASQUERADE）`,
    REDIRECT: ({ to }) =>
      to === undefined ? '丢弃：入口没有地址（REDIRECT）' : `转到本机的 ${to}（REDIRECT）`,
  },
  outcome: {
    new: ({ server, forwarding }) => `选中 ${server}（${forwarding}）`,
    known: ({ server }) => `已有的连接，还是 ${server}`,
    answer: ({ server }) => `${server} 的回答`,
    'no-server': () => '没有权重大于 0 的地址可选',
  },
  loss: {
    'device-down': ({ device }) => `丢弃：${device} 未启用`,
    'no-carrier': ({ device }) => `丢弃：${device} 没有载波`,
    dummy: ({ device }) => `丢弃：${device} 是 dummy 设备，不通向任何地方`,
    'bridge-down': ({ port }) => `丢弃：${port} 所在的网桥未启用`,
    'not-for-device': ({ device, mac }) => `丢弃：帧是给 ${mac} 的，不是给 ${device} 的`,
    'no-fdb-entry': ({ device, mac }) => `丢弃：${device} 的转发表里没有 ${mac}`,
    'nobody-on-lan': ({ mac }) => `丢弃：局域网里没有 ${mac}`,
    loop: ({ limit }) => `丢弃：转了 ${limit} 次以上，成环了`,
    martian: () => '丢弃：源或目的地址不该出现在这里（rp_filter、route_localnet）',
    'not-forwarding': () => '丢弃：不是给这台主机的，而 net.ipv4.ip_forward 是 0',
    'no-route': () => '丢弃：没有路由',
    ttl: () => '丢弃：TTL 已用完',
    'not-decrypted': () => '丢弃：没有能解密它的安全关联',
    'route-refuses': ({ type }) => `丢弃：路由的类型是 ${type}`,
    mtu: ({ device, mtu }) => `丢弃：比 ${device} 的 MTU ${mtu} 大`,
    'no-arp-answer': ({ address }) => `丢弃：没有人回答 ${address} 的 ARP`,
    'no-listener': ({ protocol, port }) => `拒绝：没有程序监听 ${upper(protocol)} 端口 ${port}`,
  },
};

const en: DecisionWords = {
  decision: {
    received: ({ device }) => `into ${device}`,
    'to-peer': ({ device, peer }) => `out of ${device}, to its peer ${peer}`,
    'to-lan': ({ device, mac }) => `out of ${device} to the LAN, for ${mac}`,
    'bridge-port': ({ bridge, mac, port }) => `${bridge}: ${mac} is behind ${port}`,
    'bridge-host': ({ bridge }) => `${bridge}: for the host itself`,
    'bridge-flood': ({ bridge, mac }) =>
      `${bridge}: ${mac} is not in the FDB, flooded to all ports`,
    route: ({ route }) => `route ${route}`,
    neighbour: ({ address, mac = '(unknown)', state }) => `${address} is at ${mac} (${state})`,
    'arp-request': ({ device, address }) => `ARP by ${device}: who has ${address}?`,
    'arp-proxy': ({ device, address, mac }) =>
      `${device} (proxy) answers ARP: ${address} is at ${mac}`,
    rule: ({ table, chain, number, effect }) =>
      `${table} ${chain} rule ${number}: ${effectText(effect, 'en')}`,
    'policy-drop': ({ table, chain }) => `${table} ${chain} policy: DROP`,
    'too-many-jumps': ({ table, chain, limit }) =>
      `${table} ${chain}: more than ${limit} jumps, dropped`,
    conntrack: ({ translated }) => `conntrack: ${translated} translated as for the first packet`,
    ipvs: ({ service, scheduler, outcome }) =>
      `IPVS ${service} ${scheduler}: ${outcomeText(outcome, 'en')}`,
    encrypt: ({ spi, sequence }) => `encrypted by ESP: SPI ${spi}, packet ${sequence}`,
    decrypt: ({ spi }) => `ESP decrypted: SPI ${spi}`,
    'no-xfrm-state': ({ spi }) =>
      `dropped: a policy wants it encrypted, but there is no state with SPI ${spi}`,
    encapsulate: ({ mac, node, vni, port }) =>
      `${mac} is on node ${node}: VXLAN ${vni} in UDP port ${port}`,
    decapsulate: ({ vni, node, device }) => `VXLAN ${vni} from node ${node}, into ${device}`,
    socket: ({ protocol, port, program }) =>
      `to ${program ?? 'the socket'}, ${protocol === 'tcp' ? 'listening on' : 'bound to'} ${upper(protocol)} port ${port}`,
    connection: ({ remote, state, program }) =>
      `to the connection with ${remote} (${[state, program].filter(Boolean).join(', ')})`,
    echo: () => 'echo request: the kernel answers',
    ping: ({ identifier }) => `to the ping with identifier ${identifier}`,
    lost: ({ loss }) => lossText(loss, 'en'),
  },
  effect: {
    ACCEPT: () => 'ACCEPT',
    DROP: () => 'DROP',
    LOG: () => 'LOG',
    REJECT: ({ answer }) => `REJECT with ${answer}`,
    MARK: ({ mark }) => `MARK set ${mark}`,
    DNAT: ({ to }) => `DNAT to ${to}`,
    SNAT: ({ to }) => `SNAT to ${to}`,
    MASQUERADE: ({ to }) =>
      to === undefined
        ? 'MASQUERADE: the interface has no address, dropped'
        : `MASQUERADE as ${to}`,
    REDIRECT: ({ to }) =>
      to === undefined ? 'REDIRECT: the interface has no address, dropped' : `REDIRECT to ${to}`,
  },
  outcome: {
    new: ({ server, forwarding }) => `${forwarding} to ${server}`,
    known: ({ server }) => `connection with ${server}`,
    answer: ({ server }) => `answer of ${server}`,
    'no-server': () => 'no server with a weight above 0',
  },
  loss: {
    'device-down': ({ device }) => `dropped: ${device} is down`,
    'no-carrier': ({ device }) => `dropped: ${device} has no carrier`,
    dummy: ({ device }) => `dropped: ${device} is a dummy and leads nowhere`,
    'bridge-down': ({ port }) => `dropped: the bridge of ${port} is down`,
    'not-for-device': ({ device, mac }) => `dropped: the frame is for ${mac}, not for ${device}`,
    'no-fdb-entry': ({ device, mac }) => `dropped: ${device} has no FDB entry for ${mac}`,
    'nobody-on-lan': ({ mac }) => `dropped: nobody on the LAN has ${mac}`,
    loop: ({ limit }) => `dropped: more than ${limit} crossings, a loop`,
    martian: () => 'dropped: martian source or destination (rp_filter, route_localnet)',
    'not-forwarding': () => 'dropped: not for this host, and net.ipv4.ip_forward is 0',
    'no-route': () => 'dropped: no route',
    ttl: () => 'dropped: time to live exceeded',
    'not-decrypted': () => 'dropped: no xfrm state decrypts it',
    'route-refuses': ({ type }) => `dropped: the route says ${type}`,
    mtu: ({ device, mtu }) => `dropped: larger than the MTU ${mtu} of ${device}`,
    'no-arp-answer': ({ address }) => `dropped: nobody answers ARP for ${address}`,
    'no-listener': ({ protocol, port }) =>
      `refused: nothing listens on ${upper(protocol)} port ${port}`,
  },
};

export const decisionWords: Readonly<Record<Language, DecisionWords>> = { zh, en };

/** The wording of a fact by its name. The table has one for every name, which the compiler cannot follow through a look-up. */
const said = <Fact>(wording: object, name: string, fact: Fact): string =>
  (wording as Readonly<Record<string, (fact: Fact) => string>>)[name]?.(fact) ?? name;

export const decisionText = (decision: Decision, language: Language): string =>
  said(decisionWords[language].decision, decision.kind, decision);
const effectText = (effect: RuleEffect, language: Language): string =>
  said(decisionWords[language].effect, effect.target, effect);
const outcomeText = (outcome: IpvsOutcome, language: Language): string =>
  said(decisionWords[language].outcome, outcome.kind, outcome);
const lossText = (loss: Loss, language: Language): string =>
  said(decisionWords[language].loss, loss.kind, loss);

import { expect, test } from 'vitest';
import { seconds } from '../../sim/index.ts';
import { ToolsLab } from '../testing.ts';

/** manager1 balances 192.168.56.50:80 over two machines that answer with their names. */
function balancedLab(): ToolsLab {
  const lab = new ToolsLab();
  for (const [n, name] of ['one', 'two'].entries()) {
    const machine = lab.machine(name, `192.168.56.2${n}/24`, `02:56:00:00:00:2${n}`);
    machine.sysctlSet(machine.initNetns, 'net.ipv4.ip_forward', '0');
    lab.serveHttp(machine, () => ({
      version: 'HTTP/1.1',
      status: 200,
      reason: 'OK',
      headers: [['Content-Length', '4']],
      body: `${name}\n`,
    }));
  }
  const eth0 = lab.kernel.linkByName(lab.kernel.initNetns, 'eth0');
  if (eth0) lab.give(lab.kernel, eth0, '192.168.56.50/32');
  lab.out('sysctl -q -w net.ipv4.ip_forward=1 net.ipv4.vs.conntrack=1');
  return lab;
}

const header = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port           Forward Weight ActiveConn InActConn
`;

test('nothing is listed but the titles', () => {
  const lab = new ToolsLab();
  expect(lab.out('ipvsadm -Ln')).toBe(header);
  expect(lab.out('ipvsadm')).toBe(header);
  expect(lab.out('ipvsadm -Lnc')).toBe(`IPVS connection entries
pro expire state       source             virtual            destination
`);
  expect(lab.out('ipvsadm -L --timeout')).toBe('Timeout (tcp tcpfin udp): 900 120 300\n');
});

test('services and servers are set up, changed, saved, restored and removed', () => {
  const lab = new ToolsLab();
  for (const line of [
    'ipvsadm -A -f 256 -s rr',
    'ipvsadm -a -f 256 -r 10.0.0.10 -m',
    'ipvsadm -a -f 256 -r 10.0.0.9 -m -w 3',
    'ipvsadm -A -t 192.168.56.50:http',
    'ipvsadm -a -t 192.168.56.50:80 -r 192.168.56.20:8080 -m',
    'ipvsadm -a -t 192.168.56.50:80 -r 192.168.56.21:8080 -g',
    'ipvsadm -e -f 256 -r 10.0.0.10 -m -w 0',
  ])
    expect(lab.out(line)).toBe('');
  expect(lab.out('ipvsadm -ln')).toBe(`${header}TCP  192.168.56.50:80 wlc
  -> 192.168.56.20:8080           Masq    1      0          0         
  -> 192.168.56.21:80             Route   1      0          0         
FWM  256 rr
  -> 10.0.0.9:0                   Masq    3      0          0         
  -> 10.0.0.10:0                  Masq    0      0          0         
`);
  const saved = `-A -t 192.168.56.50:80 -s wlc
-a -t 192.168.56.50:80 -r 192.168.56.20:8080 -m -w 1
-a -t 192.168.56.50:80 -r 192.168.56.21:80 -g -w 1
-A -f 256 -s rr
-a -f 256 -r 10.0.0.9:0 -m -w 3
-a -f 256 -r 10.0.0.10:0 -m -w 0
`;
  expect(lab.out('ipvsadm -Sn')).toBe(saved);
  lab.out('ipvsadm -C');
  expect(lab.out('ipvsadm -Ln')).toBe(header);
  lab.run('ipvsadm-restore', { stdin: saved });
  expect(lab.out('ipvsadm-save -n')).toBe(saved);
  lab.out('ipvsadm -d -f 256 -r 10.0.0.9');
  lab.out('ipvsadm -D -t 192.168.56.50:80');
  expect(lab.out('ipvsadm -Ln')).toBe(`${header}FWM  256 rr
  -> 10.0.0.10:0                  Masq    0      0          0         
`);
  lab.out('ipvsadm --set 60 0 10');
  expect(lab.out('ipvsadm -l --timeout')).toBe('Timeout (tcp tcpfin udp): 60 120 10\n');
});

test('what cannot be is refused', () => {
  const lab = new ToolsLab();
  lab.out('ipvsadm -A -f 1 -s rr');
  const said = (line: string): string => {
    const { exit, stderr } = lab.run(line);
    return `${exit} ${stderr}`;
  };
  expect(said('ipvsadm -A -f 1 -s rr')).toBe('255 Service already exists\n');
  expect(said('ipvsadm -A -f 2 -s sh')).toBe('255 Scheduler or persistence engine not found\n');
  expect(said('ipvsadm -D -f 2')).toBe('255 No such service\n');
  expect(said('ipvsadm -a -f 2 -r 10.0.0.1 -m')).toBe('255 Service not defined\n');
  expect(said('ipvsadm -d -f 1 -r 10.0.0.1')).toBe('255 No such destination\n');
  expect(said('ipvsadm -A')).toBe(
    "2 You need to supply the 'service-address' option for the 'add-service' command\n",
  );
  expect(said('ipvsadm -L -w 1')).toBe("2 Illegal 'weight' option with the 'list' command\n");
  expect(said('ipvsadm -A -t 10.0.0.1')).toBe('2 Zero port specified for non-persistent service\n');
  expect(said('ipvsadm -n')).toBe(
    "255 Try `ipvsadm -h' or 'ipvsadm --help' for more information.\n",
  );
  expect(said('ipvsadm -A -f 3 -p 60')).toBe(
    '1 ipvsadm: not simulated here: persistent services (-p)\n',
  );
});

test('an address is balanced over servers, and what passes is counted', () => {
  const lab = balancedLab();
  lab.out('ipvsadm -A -t 192.168.56.50:80 -s rr');
  for (const n of [0, 1]) lab.out(`ipvsadm -a -t 192.168.56.50:80 -r 192.168.56.2${n}:80 -m`);
  const fetched = Array.from({ length: 4 }, () =>
    lab.out('curl -s --interface 192.168.56.10 http://192.168.56.50/'),
  );
  expect(fetched).toEqual(['two\n', 'one\n', 'two\n', 'one\n']);
  lab.sim.runUntil((lab.sim.now() + seconds(1)) as ReturnType<typeof seconds>);
  expect(lab.out('ipvsadm -Ln')).toBe(`${header}TCP  192.168.56.50:80 rr
  -> 192.168.56.20:80             Masq    1      0          2         
  -> 192.168.56.21:80             Masq    1      0          2         
`);
  // Packets and bytes depend on timing; connections do not.
  const counted = lab.out('ipvsadm -Ln --stats').replace(/(:80 +\d)( +\d+){4}/g, '$1 …');
  expect(counted).toBe(`IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port               Conns   InPkts  OutPkts  InBytes OutBytes
  -> RemoteAddress:Port
TCP  192.168.56.50:80                    4 …
  -> 192.168.56.20:80                    2 …
  -> 192.168.56.21:80                    2 …
`);
  lab.out('ipvsadm -Z');
  expect(lab.out('ipvsadm -Ln --stats')).toContain(
    'TCP  192.168.56.50:80                    0        0        0        0        0\n',
  );
});

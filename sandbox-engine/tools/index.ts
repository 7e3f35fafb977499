// The network tools of hosts and images, by the name under which a host's registry has them.
//
// A plain name is the program of a host (Debian with iproute2 6.17); `bookworm:` is that of images based on Debian 12 where
// it prints something else; `busybox:` is the applet of that name.
import type { Program } from '../os/index.ts';
import { aptProgram } from './apt/index.ts';
import { arpProgram } from './arp/index.ts';
import { arping } from './arping/index.ts';
import { brctl } from './brctl/index.ts';
import { bridgeProgram } from './bridge/index.ts';
import { busyboxIp } from './busybox-ip/index.ts';
import { busyboxNslookup } from './busybox-nslookup/index.ts';
import { busyboxPing } from './busybox-ping/index.ts';
import { busyboxWget } from './busybox-wget/index.ts';
import { curlProgram } from './curl/index.ts';
import { digProgram } from './dig/index.ts';
import { ethtool } from './ethtool/index.ts';
import { getent } from './getent/index.ts';
import { host } from './host/index.ts';
import { hostnameProgram } from './hostname/index.ts';
import { ifconfigProgram } from './ifconfig/index.ts';
import { ipProgram } from './ip/index.ts';
import { ipvsadm, ipvsadmRestore, ipvsadmSave } from './ipvsadm/index.ts';
import { ncProgram } from './nc/index.ts';
import { netstatProgram } from './netstat/index.ts';
import { nsenter } from './nsenter/index.ts';
import { nslookup } from './nslookup/index.ts';
import { pingProgram } from './ping/index.ts';
import { routeProgram } from './route/index.ts';
import { ss } from './ss/index.ts';
import { sudo } from './sudo/index.ts';
import { sysctlProgram } from './sysctl/index.ts';
import { tcpdumpProgram } from './tcpdump/index.ts';
import { telnetProgram } from './telnet/index.ts';
import { tracerouteProgram } from './traceroute/index.ts';
import { wgetProgram } from './wget/index.ts';

export const networkTools: ReadonlyMap<string, Program> = new Map<string, Program>([
  ['ip', ipProgram('6.17.0')],
  ['bookworm:ip', ipProgram('6.1.0')],
  ['busybox:ip', busyboxIp],
  ['ping', pingProgram('20250605')],
  ['bookworm:ping', pingProgram('20221126')],
  ['busybox:ping', busyboxPing],
  ['nsenter', nsenter],
  ['busybox:nsenter', nsenter],
  ['bridge', bridgeProgram('6.17.0')],
  ['bookworm:bridge', bridgeProgram('6.1.0')],
  ['brctl', brctl],
  ['busybox:brctl', brctl],
  ['ss', ss],
  ['netstat', netstatProgram('net-tools')],
  ['busybox:netstat', netstatProgram('busybox')],
  ['hostname', hostnameProgram('debian')],
  ['busybox:hostname', hostnameProgram('busybox')],
  ['sysctl', sysctlProgram('procps')],
  ['busybox:sysctl', sysctlProgram('busybox')],
  ['curl', curlProgram('8.22.0')],
  ['bookworm:curl', curlProgram('7.88.1')],
  ['wget', wgetProgram('1.25.0')],
  ['bookworm:wget', wgetProgram('1.21.3')],
  ['busybox:wget', busyboxWget],
  ['dig', digProgram('9.20.15-1-Debian')],
  ['bookworm:dig', digProgram('9.18.49-1~deb12u1-Debian')],
  ['nslookup', nslookup],
  ['busybox:nslookup', busyboxNslookup],
  ['host', host],
  ['getent', getent],
  ['tcpdump', tcpdumpProgram('4.99.5')],
  ['bookworm:tcpdump', tcpdumpProgram('4.99.3')],
  ['traceroute', tracerouteProgram('debian')],
  ['busybox:traceroute', tracerouteProgram('busybox')],
  ['arp', arpProgram('net-tools')],
  ['busybox:arp', arpProgram('busybox')],
  ['arping', arping],
  ['busybox:arping', arping],
  ['ifconfig', ifconfigProgram('net-tools')],
  ['busybox:ifconfig', ifconfigProgram('busybox')],
  ['route', routeProgram('net-tools')],
  ['busybox:route', routeProgram('busybox')],
  ['ipvsadm', ipvsadm],
  ['ipvsadm-save', ipvsadmSave],
  ['ipvsadm-restore', ipvsadmRestore],
  ['nc', ncProgram('openbsd')],
  ['netcat', ncProgram('openbsd')],
  ['nc.openbsd', ncProgram('openbsd')],
  ['busybox:nc', ncProgram('busybox')],
  ['telnet', telnetProgram('inetutils')],
  ['busybox:telnet', telnetProgram('busybox')],
  ['ethtool', ethtool],
  ['sudo', sudo],
  ['apt-get', aptProgram('apt-get')],
  ['apt', aptProgram('apt')],
  ['ping4', pingProgram('20250605')],
]);

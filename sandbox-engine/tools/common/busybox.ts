// What BusyBox applets share: the version line and the shape of their usage texts.

export const busyboxVersion = 'BusyBox v1.38.0 (Debian 1:1.38.0-3+b1) multi-call binary.';

/** What an applet prints (on stderr, exit status 1) when it is called wrongly or with --help. */
export const busyboxUsage = (applet: string, synopsis: string, description: string): string =>
  `${busyboxVersion}\n\nUsage: ${applet} ${synopsis}\n\n${description}\n`;

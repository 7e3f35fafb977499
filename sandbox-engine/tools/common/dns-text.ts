// DNS messages as the tools of BIND print them.
import { withoutFinalDot } from '../../os/index.ts';
import type { DnsPayload, DnsRecord } from '../../wire/index.ts';

/** With the final dot that BIND writes. */
export const absolute = (name: string): string => `${withoutFinalDot(name)}.`;

/** Names in the data of these types are absolute too. */
const namesInData = new Set(['PTR', 'CNAME', 'NS', 'SRV', 'MX']);

export const recordData = (record: DnsRecord): string =>
  namesInData.has(record.type) ? absolute(record.data) : record.data;

/** Moves to a column with tabs; one blank when the text is already there. */
function toColumn(text: string, column: number): string {
  if (text.length >= column && !text.includes('\t')) return `${text} `;
  let width = 0;
  for (const character of text)
    width = character === '\t' ? (Math.floor(width / 8) + 1) * 8 : width + 1;
  if (width >= column) return `${text} `;
  let padded = text;
  while (width < column) {
    padded += '\t';
    width = (Math.floor(width / 8) + 1) * 8;
  }
  return padded;
}

/** `web.			600	IN	A	10.0.1.2`. */
export function recordLine(record: DnsRecord): string {
  const named = toColumn(absolute(record.name), 24);
  const timed = toColumn(`${named}${record.ttl}`, 32);
  const classed = toColumn(`${timed}IN`, 40);
  return `${toColumn(`${classed}${record.type}`, 48)}${recordData(record)}`;
}

/** `;web.				IN	A`. */
export function questionLine(message: DnsPayload): string {
  const { name, type } = message.question;
  // The columns are counted without the semicolon.
  return `;${toColumn(`${toColumn(absolute(name), 32)}IN`, 40)}${type}`;
}

/** `qr rd ra`. */
export const flagsText = (message: DnsPayload): string =>
  [
    ...(message.response ? ['qr'] : []),
    ...(message.authoritative ? ['aa'] : []),
    ...(message.recursionDesired ? ['rd'] : []),
    ...(message.recursionAvailable ? ['ra'] : []),
  ].join(' ');

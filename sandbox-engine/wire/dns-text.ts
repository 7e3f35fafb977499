// DNS messages as TCP carries them, where the simulated byte stream is text: one message to a line.
//
// Differs: RFC 1035 frames a binary message by two bytes of length; here it is one line of JSON.
import type { DnsPayload } from './packet.ts';

export const dnsToText = (message: DnsPayload): string => `${JSON.stringify(message)}\n`;

/** The message of a complete line; undefined while the line is incomplete or is no message. */
export function dnsFromText(text: string): DnsPayload | undefined {
  if (!text.endsWith('\n')) return undefined;
  try {
    const message: unknown = JSON.parse(text);
    return isDnsPayload(message) ? message : undefined;
  } catch {
    return undefined;
  }
}

const isDnsPayload = (message: unknown): message is DnsPayload =>
  typeof message === 'object' && message !== null && 'kind' in message && message.kind === 'dns';

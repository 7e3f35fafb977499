// What a match or target extension of iptables is to the tools: its options, and how it is written out again.
// Mirrors: struct xtables_match and xtables_target of iptables 1.8 (parse, final_check, save, print).
import type { Result } from '../../std/index.ts';

/** One option as it stood on the command line. */
export interface OptionUse {
  /** In full, without dashes. */
  readonly name: string;
  readonly args: readonly string[];
  readonly not: boolean;
}

export interface Extension<Value> {
  /** Long options and how many arguments each takes. */
  readonly options: Readonly<Record<string, number>>;
  /** What stands before any option was given. */
  readonly initial: Partial<Value>;
  /** Adds one option to what was said so far; the error is the tool's words. */
  take(soFar: Partial<Value>, use: OptionUse): Result<Partial<Value>, string>;
  /** All options are given: is it complete? */
  complete(soFar: Partial<Value>): Result<Value, string>;
  /** The options as `-S` and iptables-save print them, with a leading blank, or ''. */
  save(value: Value): string;
  /** The text in `-L`, with a leading blank, or ''. */
  list(value: Value, numeric: boolean): string;
}

/** A word as iptables-save writes it: quoted where the shell-like reader of iptables-restore needs it. */
export function quoted(text: string): string {
  if (/^[A-Za-z0-9_-]+$/.test(text)) return text;
  return `"${text.replace(/["\\'`]/g, '\\$&')}"`;
}

export const bang = (not: boolean): string => (not ? '! ' : '');

/** `0x1f`. */
export const hex = (n: number): string => `0x${(n >>> 0).toString(16)}`;

/** Decimal, hexadecimal (0x…) or octal (0…), 32 bits. */
export function parseUnsigned(text: string): number | undefined {
  if (/^0[xX][0-9a-fA-F]{1,8}$/.test(text)) return Number.parseInt(text, 16);
  if (/^0[0-7]*$/.test(text)) return Number.parseInt(text, 8);
  if (/^[1-9]\d*$/.test(text) && Number(text) <= 0xffff_ffff) return Number(text);
  return undefined;
}

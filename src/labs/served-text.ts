// A web page as the text that a reader would see of it: our browser pane runs nothing and fetches nothing.
import type { BrowseResult } from '../../sandbox-engine/protocol/index.ts';

export function servedText(result: BrowseResult): string {
  if (result.failure) return result.failure.text;
  const type = result.headers['content-type'] ?? result.headers['Content-Type'] ?? '';
  if (!/html/.test(type) && !/^\s*<(!doctype|html)/i.test(result.body)) return result.body.trim();
  return result.body
    .replace(
      /<(head|style|script)\b[\s\S]*?<\/\1>/gi,
      (whole) => /<title>[\s\S]*?<\/title>/i.exec(whole)?.[0] ?? '',
    )
    .replace(/<title>[\s\S]*?<\/title>/gi, '')
    .replace(/<li\b[^>]*>/gi, '\n• ')
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/(p|h\d|div|ul|ol|table|tr)>/gi, '\n\n')
    .replace(/<[^>]*>/g, '')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&nbsp;', ' ')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')
    .replace(/[ \t]*\n[ \t]*/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim();
}

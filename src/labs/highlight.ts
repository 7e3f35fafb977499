// A command as highlighted HTML: classes for the colours, and a live element for each placeholder.
import { createCssVariablesTheme, createHighlighter, type Highlighter } from 'shiki';
import { placeholderPattern } from './parse-lab.ts';

const theme = createCssVariablesTheme({ name: 'classes', variablePrefix: '--tk-' });
let highlighter: Promise<Highlighter> | undefined;

/** Stands for the n-th placeholder while the command is highlighted: one word to the grammar. */
const standIn = (n: number): string => `OVERNET${n}VALUE`;
const standIns = /OVERNET(\d+)VALUE/g;

export async function highlightCommand(
  command: string,
  values: Readonly<Record<string, string>>,
): Promise<string> {
  highlighter ??= createHighlighter({ themes: [theme], langs: ['bash'] });
  const names: string[] = [];
  const plain = command.replace(placeholderPattern, (_, name: string) => {
    names.push(name);
    return standIn(names.length - 1);
  });
  const { tokens } = (await highlighter).codeToTokens(plain, { lang: 'bash', theme: 'classes' });
  const lines = tokens.map((line) =>
    line.map(({ content, color }) => {
      const kind = /--tk-(?:token-)?([a-z-]+)/.exec(color ?? '')?.[1];
      const text = escapeHtml(content);
      return kind && kind !== 'foreground' ? `<span class="tk-${kind}">${text}</span>` : text;
    }),
  );
  return lines
    .map((line) => line.join(''))
    .join('\n')
    .replace(standIns, (_, n: string) => {
      const name = names[Number(n)] ?? '';
      const value = escapeHtml(values[name] ?? name);
      return `<span class="value" data-value="${name}">${value}</span>`;
    });
}

export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

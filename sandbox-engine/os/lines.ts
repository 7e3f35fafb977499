// Cutting a line off a text.

export function takeLine(
  text: string,
): { readonly line: string; readonly rest: string } | undefined {
  const end = text.indexOf('\n');
  return end < 0 ? undefined : { line: text.slice(0, end), rest: text.slice(end + 1) };
}

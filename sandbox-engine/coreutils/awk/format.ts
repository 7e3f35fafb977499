// printf of awk and printf(1): C's conversions over awk values.

/** Formats `template` with `args`; missing arguments count as empty or 0. */
export function formatC(template: string, args: readonly (string | number)[]): string {
  let next = 0;
  const take = (): string | number => args[next++] ?? '';
  return template.replace(
    /%([-+ #0]*)(\*|\d+)?(?:\.(\*|\d+))?[hlL]*([a-zA-Z%])/g,
    (
      whole,
      flags: string,
      width: string | undefined,
      precision: string | undefined,
      kind: string,
    ) => {
      if (kind === '%') return '%';
      let columns = width === '*' ? Number(take()) : Number(width ?? 0);
      let left = flags.includes('-');
      if (columns < 0) {
        left = true;
        columns = -columns;
      }
      const places =
        precision === '*'
          ? Number(take())
          : precision === undefined
            ? undefined
            : Number(precision);
      const text = convert(kind, take(), places, flags);
      if (text === undefined) return whole;
      if (left) return text.padEnd(columns);
      const zero = flags.includes('0') && !'sc'.includes(kind);
      if (!zero) return text.padStart(columns);
      const sign = /^[+-]/.exec(text)?.[0] ?? '';
      return sign + text.slice(sign.length).padStart(columns - sign.length, '0');
    },
  );
}

function convert(
  kind: string,
  value: string | number,
  places: number | undefined,
  flags: string,
): string | undefined {
  const number = typeof value === 'number' ? value : Number.parseFloat(value) || 0;
  const signed = (text: string): string =>
    number >= 0 && flags.includes('+')
      ? `+${text}`
      : number >= 0 && flags.includes(' ')
        ? ` ${text}`
        : text;
  switch (kind) {
    case 'd':
    case 'i': {
      const digits = String(Math.abs(Math.trunc(number))).padStart(places ?? 0, '0');
      return signed(number <= -1 ? `-${digits}` : digits);
    }
    case 'u':
      return String(Math.trunc(number));
    case 'o':
      return Math.trunc(number).toString(8);
    case 'x':
      return `${flags.includes('#') ? '0x' : ''}${Math.trunc(number).toString(16)}`;
    case 'X':
      return Math.trunc(number).toString(16).toUpperCase();
    case 'f':
    case 'F':
      return signed(number.toFixed(places ?? 6));
    case 'e':
    case 'E': {
      const text = number.toExponential(places ?? 6).replace(/e([+-])(\d)$/, 'e$10$2');
      return signed(kind === 'E' ? text.toUpperCase() : text);
    }
    case 'g':
    case 'G':
      return signed(general(number, places ?? 6));
    case 'c':
      return typeof value === 'number' ? String.fromCodePoint(value) : (value[0] ?? '');
    case 's': {
      const text = String(value);
      return places === undefined ? text : text.slice(0, places);
    }
    default:
      return undefined;
  }
}

/** %g: the shorter of fixed and exponential, without trailing zeros. */
export function general(number: number, precision: number): string {
  if (number === 0) return '0';
  const digits = Math.max(1, precision);
  const exponent = Number(number.toExponential(digits - 1).split('e')[1]);
  if (exponent < -5 || exponent >= digits) {
    const [mantissa = '', power = ''] = number.toExponential(digits - 1).split('e');
    const short = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${short}e${power[0]}${power.slice(1).padStart(2, '0')}`;
  }
  const fixed = number.toFixed(Math.max(0, digits - 1 - exponent));
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

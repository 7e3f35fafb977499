// Writes YAML as `docker stack config` does.
//
// Mirrors: go.yaml.in/yaml/v3 encode.go stringv, emitterc.go yaml_emitter_select_scalar_style.
import { isObject } from '../json.ts';
import { scalar } from './yaml-scalars.ts';

/** Truths of YAML 1.1 and its numbers with base 60, which older readers take for something else than texts. */
const oldBoolean = /^(?:y|Y|yes|Yes|YES|on|On|ON|n|N|no|No|NO|off|Off|OFF)$/;
const base60 = /^[-+]?\d[\d_]*(?::[0-5]?\d)+(?:\.[\d_]*)?$/;
const day = /^\d{4}-\d{1,2}-\d{1,2}(?:[Tt ]\d.*)?$/;

/** A text that a reader would take for a number, a truth or nothing. */
const isAmbiguous = (value: string): boolean =>
  value === '' ||
  typeof scalar(value) !== 'string' ||
  [oldBoolean, base60, day].some((seems) => seems.test(value));

/** A text with signs that mean something where they stand. */
const notBare = /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:\s|$)|^(?:---|\.\.\.)|: |:$| #|^\s|\s$/;

/** Several lines below a `|`; `level` is the indentation of what stands around them. */
function literal(value: string, level: string): string {
  const body = value.replace(/\n+$/, '');
  const chomp = value === body ? '-' : value === `${body}\n` ? '' : '+';
  const lines = (chomp === '+' ? value.slice(0, -1) : body).split('\n');
  return `|${chomp}\n${lines.map((line) => (line === '' ? '' : `${level}${line}`)).join('\n')}`;
}

function scalarText(value: unknown, level = ''): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return String(value);
  if (isAmbiguous(value)) return JSON.stringify(value);
  if (value.includes('\n') && !/^\s|[\x00-\x08\x0b-\x1f]/.test(value)) return literal(value, level);
  if (/[\x00-\x1f]/.test(value)) return JSON.stringify(value);
  return notBare.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}

/** YAML of a value, two blanks a level. */
export function writeYaml(value: unknown, level = ''): string {
  if (Array.isArray(value)) {
    return value
      .map((item) => {
        const inner = writeYaml(item, `${level}  `);
        const nested =
          (Array.isArray(item) && item.length > 0) ||
          (isObject(item) && Object.keys(item).length > 0);
        return nested ? `${level}- ${inner.slice(level.length + 2)}` : `${level}- ${inner}\n`;
      })
      .join('');
  }
  if (!isObject(value)) return scalarText(value, level);
  return Object.entries(value)
    .map(([key, item]) => {
      const name = `${level}${scalarText(key)}:`;
      if (Array.isArray(item))
        return item.length > 0 ? `${name}\n${writeYaml(item, `${level}  `)}` : `${name} []\n`;
      if (isObject(item))
        return Object.keys(item).length > 0
          ? `${name}\n${writeYaml(item, `${level}  `)}`
          : `${name} {}\n`;
      return `${name} ${scalarText(item, `${level}  `)}\n`;
    })
    .join('');
}

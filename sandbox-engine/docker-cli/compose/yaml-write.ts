// Writes YAML as `docker stack config` does. Mirrors: go-yaml (encode.go stringv, emitterc.go): what would be read as
// something else than a string stands in double quotes, what cannot stand bare in single ones.
import { isObject } from '../json.ts';
import { scalar } from './yaml-scalars.ts';

function scalarText(value: unknown): string {
  if (value === null || value === undefined) return 'null';
  if (typeof value !== 'string') return String(value);
  if (
    value === '' ||
    typeof scalar(value) !== 'string' ||
    oldBoolean.test(value) ||
    /[\x00-\x1f]/.test(value)
  )
    return JSON.stringify(value);
  return notBare.test(value) ? `'${value.replaceAll("'", "''")}'` : value;
}

const oldBoolean = /^(?:[yYnN]|yes|Yes|YES|no|No|NO|on|On|ON|off|Off|OFF)$/;

const notBare = /^[#,[\]{}&*!|>'"%@`]|^[?:-](?:\s|$)|^(?:---|\.\.\.)|: |:$| #|^\s|\s$/;

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
  if (!isObject(value)) return scalarText(value);
  return Object.entries(value)
    .map(([key, item]) => {
      const name = `${level}${scalarText(key)}:`;
      if (Array.isArray(item))
        return item.length > 0 ? `${name}\n${writeYaml(item, `${level}  `)}` : `${name} []\n`;
      if (isObject(item))
        return Object.keys(item).length > 0
          ? `${name}\n${writeYaml(item, `${level}  `)}`
          : `${name} {}\n`;
      return `${name} ${scalarText(item)}\n`;
    })
    .join('');
}

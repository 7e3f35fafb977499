// Go types of the values that templates see, and a compact notation in which they are declared.
//
// The notation, one struct a line: `network.IPAM Driver:s Options:{s Config:[network.Config`. A field is
// `Name:type` or `Name=jsonKey:type`; types are s string, b bool, i int, u uint64, f float64, t time.Time, d time.Duration, a any,
// `[T` slice, `{T` map[string]T, `*T` pointer, or the name of a struct.

export type GoType =
  | {
      readonly kind: 'string' | 'bool' | 'int' | 'uint' | 'float' | 'time' | 'duration' | 'any';
      readonly name: string;
    }
  /** A number out of decoded JSON: prints as it stands there. */
  | { readonly kind: 'number'; readonly name: string }
  | { readonly kind: 'slice' | 'map' | 'pointer'; readonly name: string; readonly of: GoType }
  | StructType
  /** Something with methods that templates call: see `TemplateObject`. */
  | { readonly kind: 'object'; readonly name: string };

export interface StructType {
  readonly kind: 'struct';
  readonly name: string;
  /** In the order of the Go source, which is the order of printing. */
  readonly fields: readonly StructField[];
}

export interface StructField {
  readonly name: string;
  readonly key: string;
  readonly type: GoType;
}

/** What a formatter offers to templates: methods by name. */
export interface TemplateObject {
  /** As error messages name it: `*network.networkContext`. */
  readonly typeName: string;
  /** The method's result, or undefined when there is no such method. */
  call(name: string, args: readonly unknown[]): unknown;
  /** Does it have such a method? */
  has(name: string): boolean;
  /** What `json` prints of it. */
  toJson(): unknown;
}

const simple = {
  s: { kind: 'string', name: 'string' },
  b: { kind: 'bool', name: 'bool' },
  i: { kind: 'int', name: 'int' },
  u: { kind: 'uint', name: 'uint64' },
  f: { kind: 'float', name: 'float64' },
  t: { kind: 'time', name: 'time.Time' },
  d: { kind: 'duration', name: 'time.Duration' },
  a: { kind: 'any', name: 'interface {}' },
} as const satisfies Record<string, GoType>;

export const anyType: GoType = simple.a;
export const stringType: GoType = simple.s;
export const boolType: GoType = simple.b;
export const intType: GoType = simple.i;
export const floatType: GoType = simple.f;
export const numberType: GoType = { kind: 'number', name: 'json.Number' };
export const sliceOf = (of: GoType): GoType => ({ kind: 'slice', name: `[]${of.name}`, of });
export const mapOf = (of: GoType): GoType => ({ kind: 'map', name: `map[string]${of.name}`, of });

/** A set of struct types in the notation above; `type(name)` answers one of them. */
export class GoTypes {
  readonly #lines = new Map<string, string>();
  readonly #made = new Map<string, StructType>();

  constructor(notation: string) {
    for (const line of notation.trim().split('\n')) {
      const [name = '', ...fields] = line.trim().split(' ');
      this.#lines.set(name, fields.join(' '));
    }
  }

  type(name: string): GoType {
    const known = this.#made.get(name);
    if (known) return known;
    const line = this.#lines.get(name);
    if (line === undefined) return { kind: 'any', name };
    const fields: StructField[] = [];
    const made: StructType = { kind: 'struct', name, fields };
    this.#made.set(name, made);
    for (const field of line.split(' ').filter(Boolean)) {
      const [, goName = '', key, type = 'a'] = /^(\w+)(?:=(\w+))?:(.*)$/.exec(field) ?? [];
      fields.push({ name: goName, key: key ?? goName, type: this.#parse(type) });
    }
    return made;
  }

  #parse(text: string): GoType {
    const rest = text.slice(1);
    if (text.startsWith('[')) return sliceOf(this.#parse(rest));
    if (text.startsWith('{')) return mapOf(this.#parse(rest));
    if (text.startsWith('*')) {
      const of = this.#parse(rest);
      return { kind: 'pointer', name: `*${of.name}`, of };
    }
    return (simple as Record<string, GoType>)[text] ?? this.type(text);
  }
}

// Shell variables: scopes of functions, attributes, arrays.
//
// Mirrors: bash(1) PARAMETERS. Differs: integers and arrays only; no -t (trace) attribute.

export interface Variable {
  /** The value of a plain variable; of an array, its element 0. */
  readonly value: string | undefined;
  readonly array?: Map<number, string> | undefined;
  readonly map?: Map<string, string> | undefined;
  readonly exported?: boolean | undefined;
  readonly readonly?: boolean | undefined;
  readonly integer?: boolean | undefined;
  readonly letters?: 'upper' | 'lower' | undefined;
  readonly nameref?: boolean | undefined;
}

/** A variable that is computed when it is read; `set` may refuse silently. */
interface ComputedVariable {
  get(): string;
  set?(value: string): void;
}

export const isName = (text: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(text);

export class Variables {
  /** The innermost scope is last; the first is the global one. */
  #scopes: Map<string, Variable>[] = [new Map()];
  readonly computed = new Map<string, ComputedVariable>();
  /** Told of each change: PATH, LANG, IFS have effects. */
  onChange: ((name: string) => void) | undefined;

  /** A copy for a subshell. */
  clone(): Variables {
    const copy = new Variables();
    copy.#scopes = this.#scopes.map((scope) => {
      const twin = new Map(scope);
      for (const [name, variable] of twin)
        if (variable.array || variable.map)
          twin.set(name, {
            ...variable,
            ...(variable.array && { array: new Map(variable.array) }),
            ...(variable.map && { map: new Map(variable.map) }),
          });
      return twin;
    });
    return copy;
  }

  pushScope(): void {
    this.#scopes.push(new Map());
  }

  popScope(): void {
    const scope = this.#scopes.pop();
    for (const name of scope?.keys() ?? []) this.onChange?.(name);
  }

  get inFunction(): boolean {
    return this.#scopes.length > 1;
  }

  #scopeOf(name: string): Map<string, Variable> | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1)
      if (this.#scopes[i]?.has(name)) return this.#scopes[i];
    return undefined;
  }

  /** The name that a chain of namerefs ends at. */
  deref(name: string): string {
    let at = name;
    for (let i = 0; i < 8; i += 1) {
      const variable = this.raw(at);
      if (!variable?.nameref || !variable.value) return at;
      at = variable.value;
    }
    return at;
  }

  /** The variable itself, a nameref not followed. */
  raw(name: string): Variable | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1) {
      const variable = this.#scopes[i]?.get(name);
      if (variable) return variable;
    }
    return undefined;
  }

  lookup(name: string): Variable | undefined {
    const variable = this.raw(name);
    return variable?.nameref ? this.raw(this.deref(name)) : variable;
  }

  /** The value as `$name` shows it; undefined when it is not set. */
  get(name: string): string | undefined {
    const computed = this.computed.get(name);
    if (computed) return computed.get();
    const variable = this.lookup(name);
    if (!variable) return undefined;
    if (variable.array) return variable.array.get(0);
    if (variable.map) return variable.map.get('0');
    return variable.value;
  }

  /** Sets a value where the name is known, else globally. The caller has checked that it may. */
  set(name: string, value: string): void {
    const target = this.deref(name);
    const computed = this.computed.get(target);
    if (computed) {
      computed.set?.(value);
      return;
    }
    const scope = this.#scopeOf(target) ?? (this.#scopes[0] as Map<string, Variable>);
    const before = scope.get(target);
    if (before?.array) before.array.set(0, value);
    else if (before?.map) before.map.set('0', value);
    else scope.set(target, { ...before, value });
    this.onChange?.(target);
  }

  /** Replaces a variable as a whole in the scope that knows it, else globally. */
  put(name: string, variable: Variable): void {
    const scope = this.#scopeOf(name) ?? (this.#scopes[0] as Map<string, Variable>);
    scope.set(name, variable);
    this.onChange?.(name);
  }

  putGlobal(name: string, variable: Variable): void {
    this.#scopes[0]?.set(name, variable);
    this.onChange?.(name);
  }

  /** Makes the name local to the function that runs. */
  makeLocal(name: string, variable: Variable): void {
    this.#scopes[this.#scopes.length - 1]?.set(name, variable);
    this.onChange?.(name);
  }

  isLocal(name: string): boolean {
    return this.#scopes[this.#scopes.length - 1]?.has(name) ?? false;
  }

  isReadonly(name: string): boolean {
    return this.raw(this.deref(name))?.readonly ?? false;
  }

  /** A local variable stays local, without a value, until its function returns. */
  unset(name: string): void {
    if (this.inFunction && this.isLocal(name)) this.makeLocal(name, { value: undefined });
    else this.#scopeOf(name)?.delete(name);
    this.computed.delete(name);
    this.onChange?.(name);
  }

  /** Changes attributes; makes the variable (unset) when it is new. */
  mark(name: string, attributes: Partial<Variable>): void {
    this.put(name, { ...(this.raw(name) ?? { value: undefined }), ...attributes });
  }

  /** Every visible name, sorted. */
  names(): string[] {
    const names = new Set<string>();
    for (const scope of this.#scopes) for (const name of scope.keys()) names.add(name);
    return [...names].sort();
  }

  /** What commands get in their environment. */
  exported(): Map<string, string> {
    const env = new Map<string, string>();
    for (const scope of this.#scopes)
      for (const [name, variable] of scope) {
        if (variable.exported && variable.value !== undefined) env.set(name, variable.value);
        else env.delete(name);
      }
    return env;
  }

  // ---- arrays ---------------------------------------------------------------------------

  /** The array of that name, made from the plain value when there is one. */
  arrayFor(name: string): Map<number, string> {
    const target = this.deref(name);
    const before = this.raw(target);
    if (before?.array) return before.array;
    const array = new Map<number, string>();
    if (before?.value !== undefined) array.set(0, before.value);
    this.put(target, { ...before, value: undefined, array });
    return array;
  }

  /** The values that `${name[@]}` stands for. */
  elements(name: string): string[] {
    const variable = this.lookup(name);
    if (variable?.array)
      return [...variable.array].sort(([a], [b]) => a - b).map(([, value]) => value);
    if (variable?.map) return mapKeys(variable.map).map((key) => variable.map?.get(key) ?? '');
    const value = this.get(name);
    return value === undefined ? [] : [value];
  }

  /** The keys that `${!name[@]}` stands for. */
  keys(name: string): string[] {
    const variable = this.lookup(name);
    if (variable?.array) return [...variable.array.keys()].sort((a, b) => a - b).map(String);
    if (variable?.map) return mapKeys(variable.map);
    return this.get(name) === undefined ? [] : ['0'];
  }
}

/** Keys in the order of bash's hash table: by bucket (FNV-1 of the key), the newest of a bucket first. */
function mapKeys(map: ReadonlyMap<string, string>): string[] {
  return [...map.keys()]
    .map((key, i) => ({ key, i, bucket: hashOf(key) & 1023 }))
    .sort((a, b) => a.bucket - b.bucket || b.i - a.i)
    .map((one) => one.key);
}

function hashOf(key: string): number {
  let hash = 2_166_136_261;
  for (let i = 0; i < key.length; i += 1) hash = Math.imul(hash, 16_777_619) ^ key.charCodeAt(i);
  return hash;
}

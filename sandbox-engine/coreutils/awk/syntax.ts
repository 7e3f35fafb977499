// The syntax tree of awk programs.

export type Expr =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'regex'; readonly source: string }
  | { readonly kind: 'variable'; readonly name: string }
  | { readonly kind: 'field'; readonly index: Expr }
  | { readonly kind: 'element'; readonly array: string; readonly keys: readonly Expr[] }
  | {
      readonly kind: 'assign';
      readonly operator: string;
      readonly target: Expr;
      readonly value: Expr;
    }
  | { readonly kind: 'step'; readonly by: 1 | -1; readonly prefix: boolean; readonly target: Expr }
  | { readonly kind: 'unary'; readonly operator: string; readonly value: Expr }
  | {
      readonly kind: 'binary';
      readonly operator: string;
      readonly left: Expr;
      readonly right: Expr;
    }
  | { readonly kind: 'choice'; readonly test: Expr; readonly yes: Expr; readonly no: Expr }
  | { readonly kind: 'in'; readonly keys: readonly Expr[]; readonly array: string }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expr[] }
  | {
      readonly kind: 'getline';
      readonly target: Expr | undefined;
      readonly file: Expr | undefined;
      readonly command: Expr | undefined;
    };

export type Stmt =
  | { readonly kind: 'block'; readonly body: readonly Stmt[] }
  | { readonly kind: 'expression'; readonly value: Expr }
  | {
      readonly kind: 'print';
      readonly args: readonly Expr[];
      readonly format: boolean;
      readonly to?: { readonly how: '>' | '>>' | '|'; readonly target: Expr };
    }
  | { readonly kind: 'if'; readonly test: Expr; readonly yes: Stmt; readonly no?: Stmt }
  | { readonly kind: 'while'; readonly test: Expr; readonly body: Stmt }
  | { readonly kind: 'do'; readonly test: Expr; readonly body: Stmt }
  | {
      readonly kind: 'for';
      readonly start?: Stmt;
      readonly test?: Expr;
      readonly step?: Stmt;
      readonly body: Stmt;
    }
  | {
      readonly kind: 'each';
      readonly variable: string;
      readonly array: string;
      readonly body: Stmt;
    }
  | { readonly kind: 'delete'; readonly array: string; readonly keys?: readonly Expr[] }
  | { readonly kind: 'break' | 'continue' | 'next' }
  | { readonly kind: 'exit' | 'return'; readonly value?: Expr };

export interface Rule {
  readonly when: 'BEGIN' | 'END' | 'line';
  readonly pattern?: Expr;
  readonly until?: Expr;
  /** Absent: print the line. */
  readonly body?: Stmt;
}
export interface AwkFunction {
  readonly parameters: readonly string[];
  readonly body: Stmt;
}
export interface AwkProgram {
  readonly rules: readonly Rule[];
  readonly functions: ReadonlyMap<string, AwkFunction>;
}

// The tree of a template, and how Go prints its parts again in error messages.
//
// Mirrors: Go text/template/parse node.go.

export type Operand =
  | { readonly kind: 'dot' | 'nil'; readonly at: number }
  | { readonly kind: 'bool'; readonly at: number; readonly value: boolean }
  | {
      readonly kind: 'string';
      readonly at: number;
      readonly value: string;
      readonly quoted: string;
    }
  | { readonly kind: 'number'; readonly at: number; readonly value: number; readonly text: string }
  | { readonly kind: 'field'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'variable'; readonly at: number; readonly names: readonly string[] }
  | { readonly kind: 'identifier'; readonly at: number; readonly name: string }
  | {
      readonly kind: 'chain';
      readonly at: number;
      readonly of: Operand;
      readonly names: readonly string[];
    }
  | { readonly kind: 'pipe'; readonly at: number; readonly pipe: Pipe };

export interface Command {
  readonly at: number;
  readonly words: readonly Operand[];
}

export interface Pipe {
  readonly at: number;
  readonly declares: readonly string[];
  /** `=` instead of `:=`. */
  readonly assigns: boolean;
  readonly commands: readonly Command[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'action'; readonly at: number; readonly pipe: Pipe }
  | { readonly kind: 'break' | 'continue'; readonly at: number }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly at: number;
      readonly pipe: Pipe;
      readonly body: readonly Node[];
      readonly orElse: readonly Node[];
    };

export function operandText(operand: Operand): string {
  switch (operand.kind) {
    case 'dot':
      return '.';
    case 'nil':
      return 'nil';
    case 'bool':
      return String(operand.value);
    case 'string':
      return operand.quoted;
    case 'number':
      return operand.text;
    case 'field':
      return operand.names.map((name) => `.${name}`).join('');
    case 'variable':
      return operand.names.join('.');
    case 'identifier':
      return operand.name;
    case 'chain': {
      const of = operandText(operand.of);
      return `${operand.of.kind === 'pipe' ? `(${of})` : of}${operand.names.map((n) => `.${n}`).join('')}`;
    }
    case 'pipe':
      return pipeText(operand.pipe);
  }
}

export const commandText = (command: Command): string =>
  command.words
    .map((word) => (word.kind === 'pipe' ? `(${pipeText(word.pipe)})` : operandText(word)))
    .join(' ');

export function pipeText(pipe: Pipe): string {
  const declared = pipe.declares.length
    ? `${pipe.declares.join(', ')} ${pipe.assigns ? '=' : ':='} `
    : '';
  return declared + pipe.commands.map(commandText).join(' | ');
}

// awk's operators on two values that are known: concatenation, comparisons, arithmetic.
import { AwkError } from './data.ts';
import { compare, toNumber, toText, type Value } from './values.ts';

export function applied(operator: string, left: Value, right: Value): Value {
  switch (operator) {
    case ' ':
      return toText(left) + toText(right);
    case '<':
      return compare(left, right) < 0 ? 1 : 0;
    case '<=':
      return compare(left, right) <= 0 ? 1 : 0;
    case '>':
      return compare(left, right) > 0 ? 1 : 0;
    case '>=':
      return compare(left, right) >= 0 ? 1 : 0;
    case '==':
      return compare(left, right) === 0 ? 1 : 0;
    case '!=':
      return compare(left, right) === 0 ? 0 : 1;
    default:
      return arithmetic(operator, toNumber(left), toNumber(right));
  }
}

/** Differs: `^` uses the host's floating point. */
export function arithmetic(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      if (b === 0) throw new AwkError('division by zero');
      return a / b;
    case '%':
      if (b === 0) throw new AwkError('division by zero in %');
      return a % b;
    default:
      return a ** b;
  }
}

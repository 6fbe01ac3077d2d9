import { isScalar, Scalar, type Node } from 'yaml';

/**
 * What a scalar is to PyYAML, which dstack reads with (YAML 1.1: `no` is false, `1:30` is a number).
 * The patterns are those of PyYAML's resolver.
 */
export type ScalarKind = 'text' | 'bool' | 'null' | 'wholeNumber' | 'other';

const BOOL = /^(?:yes|no|true|false|on|off)$/i;
/** PyYAML knows `yes`, `Yes` and `YES`, not `yEs`. */
const CASED = /^(?:[a-z]+|[A-Z][a-z]+|[A-Z]+)$/;
const NULL = /^(?:~|null|Null|NULL|)$/;
const WHOLE_NUMBER = /^-?(?:0|[1-9][0-9]*)$/;
const OTHER = [
  // int: signed, binary, octal, hexadecimal, underscored, sexagesimal
  /^[-+]?(?:0b[01_]+|0[0-7_]+|0|[1-9][0-9_]*|0x[0-9a-fA-F_]+|[1-9][0-9_]*(?::[0-5]?[0-9])+)$/,
  // float
  /^[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+][0-9]+)?$/,
  /^\.[0-9][0-9_]*(?:[eE][-+][0-9]+)?$/,
  /^[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+\.[0-9_]*$/,
  /^(?:[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/,
  // timestamp: a date, or anything that starts like one (PyYAML is narrower)
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}/,
  /^[=]$|^<<$/,
];

/** The kind of a plain (unquoted) scalar's text. */
export function plainKind(text: string): ScalarKind {
  if (NULL.test(text)) return 'null';
  if (BOOL.test(text) && CASED.test(text)) return 'bool';
  if (WHOLE_NUMBER.test(text)) return 'wholeNumber';
  return OTHER.some((pattern) => pattern.test(text)) ? 'other' : 'text';
}

/** The kind of a node; undefined when it is no scalar. Quoted and block scalars are text. */
export function scalarKind(node: Node): ScalarKind | undefined {
  if (!isScalar(node)) return undefined;
  return node.type === Scalar.PLAIN ? plainKind(String(node.value)) : 'text';
}

/** Text that needs no quotes anywhere in YAML, flow style included, whatever reads it. */
const SAFE_PLAIN = /^[A-Za-z](?:[A-Za-z0-9_./-]|:(?=[A-Za-z0-9_./-]))*$/;

/** A text as a YAML scalar on one line, ASCII only: plain where nothing can misread it, else in double quotes. */
export function writeText(value: string, style: 'plain' | 'quoted'): string {
  // `y` and `n` are booleans to some readers of YAML 1.1, though not to PyYAML.
  const safe = SAFE_PLAIN.test(value) && plainKind(value) === 'text' && !/^[yn]$/i.test(value);
  if (style === 'plain' && safe) return value;
  // A JSON string is a double-quoted YAML scalar, once nothing but ASCII is left.
  return JSON.stringify(value).replace(/[^ -~]/gu, (char) => {
    const code = (char.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
  });
}

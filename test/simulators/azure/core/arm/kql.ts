import { isObject, type Json, type JsonObject } from '../json.ts';

export type Row = JsonObject;

/** The query is not in the language: Resource Graph would refuse it. */
export class KqlSyntaxError extends Error {}
/** The query may well be right, but this small reader does not know how to run it. */
export class KqlNotSimulated extends Error {}

type Token = { readonly kind: 'name' | 'text' | 'number' | 'sign'; readonly value: string };
type Evaluate = (row: Row) => Json;

const PATTERN =
  /\s+|\/\/[^\n]*|(?<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?<number>\d+(?:\.\d+)?)|(?<name>[A-Za-z_$][\w$]*~?)|(?<sign>=~|!~|==|!=|[|()[\],.=])/y;

function tokens(query: string): Token[] {
  const result: Token[] = [];
  PATTERN.lastIndex = 0;
  while (PATTERN.lastIndex < query.length) {
    const at = PATTERN.lastIndex;
    const match = PATTERN.exec(query);
    if (match === null) throw new KqlSyntaxError(`Unexpected character at ${at}.`);
    const { text, number, name, sign } = match.groups ?? {};
    if (text !== undefined) {
      result.push({ kind: 'text', value: text.slice(1, -1).replace(/\\(.)/g, '$1') });
    } else if (number !== undefined) result.push({ kind: 'number', value: number });
    else if (name !== undefined) result.push({ kind: 'name', value: name });
    else if (sign !== undefined) result.push({ kind: 'sign', value: sign });
  }
  return result;
}

/** Runs the part of KQL that is used here: where, project, extend, order by, limit, count. */
export function runQuery(
  query: string,
  tables: Readonly<Record<string, readonly Row[]>>,
): readonly Row[] {
  const reader = new Reader(tokens(query));
  const table = reader.name().toLowerCase();
  const rows = Object.hasOwn(tables, table) ? tables[table] : undefined;
  if (rows === undefined) throw new KqlNotSimulated(`table ${table}`);
  let result: readonly Row[] = rows;
  while (!reader.atEnd()) {
    reader.sign('|');
    result = step(reader, result);
  }
  return result;
}

function step(reader: Reader, rows: readonly Row[]): readonly Row[] {
  const operator = reader.name().toLowerCase();
  switch (operator) {
    case 'where': {
      const condition = reader.condition();
      return rows.filter((row) => condition(row) === true);
    }
    case 'project':
    case 'extend': {
      const columns = reader.columns();
      const kept = operator === 'extend';
      return rows.map((row) => ({
        ...(kept ? row : {}),
        ...Object.fromEntries(columns.map(([name, value]) => [name, value(row)])),
      }));
    }
    case 'order':
    case 'sort':
      return reader.ordered(rows);
    case 'limit':
    case 'take':
      return rows.slice(0, reader.number());
    case 'count':
      return [{ Count: rows.length }];
    default:
      throw new KqlNotSimulated(`operator ${operator}`);
  }
}

class Reader {
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(all: readonly Token[]) {
    this.#tokens = all;
  }

  atEnd(): boolean {
    return this.#at >= this.#tokens.length;
  }

  name(): string {
    const token = this.#next();
    if (token.kind === 'name') return token.value;
    throw new KqlSyntaxError(`A name was expected, not ${token.value}.`);
  }

  number(): number {
    const token = this.#next();
    if (token.kind === 'number') return Number(token.value);
    throw new KqlSyntaxError(`A number was expected, not ${token.value}.`);
  }

  sign(value: string): void {
    if (!this.#takes(value)) throw new KqlSyntaxError(`${value} was expected.`);
  }

  /** `a or b and c`, with the usual precedence. */
  condition(): Evaluate {
    let left = this.#conjunction();
    while (this.#takes('or')) {
      const first = left;
      const second = this.#conjunction();
      left = (row) => first(row) === true || second(row) === true;
    }
    return left;
  }

  columns(): [string, Evaluate][] {
    const columns: [string, Evaluate][] = [];
    do {
      const start = this.#at;
      const first = this.name();
      if (this.#takes('=')) columns.push([first, this.#operand()]);
      else {
        this.#at = start;
        columns.push([first, this.#operand()]);
      }
    } while (this.#takes(','));
    return columns;
  }

  ordered(rows: readonly Row[]): readonly Row[] {
    this.#word('by');
    const keys: { value: Evaluate; sign: number }[] = [];
    do {
      const value = this.#operand();
      const ascending = this.#takes('asc');
      if (!ascending) this.#takes('desc');
      keys.push({ value, sign: ascending ? 1 : -1 });
    } while (this.#takes(','));
    return [...rows].sort((a, b) => {
      for (const { value, sign } of keys) {
        const order = compare(value(a), value(b)) * sign;
        if (order !== 0) return order;
      }
      return 0;
    });
  }

  #conjunction(): Evaluate {
    let left = this.#comparison();
    while (this.#takes('and')) {
      const first = left;
      const second = this.#comparison();
      left = (row) => first(row) === true && second(row) === true;
    }
    return left;
  }

  #comparison(): Evaluate {
    if (this.#takes('(')) {
      const inner = this.condition();
      this.sign(')');
      return inner;
    }
    const left = this.#operand();
    const operator = this.#peek()?.value.toLowerCase() ?? '';
    const test = COMPARISONS[operator];
    if (test === undefined) return left;
    this.#at += 1;
    const right = operator.startsWith('in') ? this.#list() : this.#operand();
    return (row) => test(left(row), right(row));
  }

  #list(): Evaluate {
    this.sign('(');
    const items: Evaluate[] = [];
    do items.push(this.#operand());
    while (this.#takes(','));
    this.sign(')');
    return (row) => items.map((item) => item(row));
  }

  /** A literal, a function call or a column with its members. */
  #operand(): Evaluate {
    const token = this.#next();
    if (token.kind === 'text') return () => token.value;
    if (token.kind === 'number') return () => Number(token.value);
    if (token.kind !== 'name') throw new KqlSyntaxError(`Unexpected ${token.value}.`);
    if (token.value === 'true' || token.value === 'false') return () => token.value === 'true';
    if (this.#takes('(')) return this.#call(token.value.toLowerCase());
    return this.#members((row) => row[token.value] ?? null);
  }

  #call(name: string): Evaluate {
    const apply = FUNCTIONS[name];
    if (apply === undefined) throw new KqlNotSimulated(`function ${name}`);
    const argument = name === 'not' ? this.condition() : this.#operand();
    this.sign(')');
    return (row) => apply(argument(row));
  }

  #members(value: Evaluate): Evaluate {
    if (this.#takes('.')) {
      const name = this.name();
      return this.#members((row) => memberOf(value(row), name));
    }
    if (!this.#takes('[')) return value;
    const key = this.#operand();
    this.sign(']');
    return this.#members((row) => memberOf(value(row), asText(key(row))));
  }

  #word(value: string): void {
    if (!this.#takes(value)) throw new KqlSyntaxError(`${value} was expected.`);
  }

  #takes(value: string): boolean {
    const token = this.#peek();
    const fits = token?.kind !== 'text' && token?.value.toLowerCase() === value;
    if (fits) this.#at += 1;
    return fits;
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #next(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new KqlSyntaxError('The query ends too early.');
    this.#at += 1;
    return token;
  }
}

function memberOf(value: Json, name: string): Json {
  return isObject(value) ? (value[name] ?? null) : null;
}

/** What `tostring` makes of a value. */
function asText(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function lower(value: Json): string {
  return asText(value).toLowerCase();
}

function compare(a: Json, b: Json): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [left, right] = [lower(a), lower(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function items(value: Json): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [value];
}

const COMPARISONS: Readonly<Record<string, ((a: Json, b: Json) => boolean) | undefined>> = {
  '==': (a, b) => asText(a) === asText(b),
  '!=': (a, b) => asText(a) !== asText(b),
  '=~': (a, b) => lower(a) === lower(b),
  '!~': (a, b) => lower(a) !== lower(b),
  in: (a, b) => items(b).some((each) => asText(each) === asText(a)),
  'in~': (a, b) => items(b).some((each) => lower(each) === lower(a)),
  contains: (a, b) => lower(a).includes(lower(b)),
  startswith: (a, b) => lower(a).startsWith(lower(b)),
  endswith: (a, b) => lower(a).endsWith(lower(b)),
};

const FUNCTIONS: Readonly<Record<string, ((value: Json) => Json) | undefined>> = {
  isnotempty: (value) => asText(value) !== '',
  isempty: (value) => asText(value) === '',
  isnotnull: (value) => value !== null,
  isnull: (value) => value === null,
  tolower: lower,
  toupper: (value) => asText(value).toUpperCase(),
  tostring: asText,
  not: (value) => value !== true,
};

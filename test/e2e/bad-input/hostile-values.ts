import * as fc from 'fast-check';

const nastyText = fc.constantFrom(
  ...['', ' ', '.', '..', '../../etc/passwd', '%00', '%2e%2e%2f', '%zz', '\0', '\x7f', '\r\nX-Injected: 1', '\ud800'],
  ...['\u202eabc', '\ufeff', '🧁'.repeat(60), 'a'.repeat(3_000), '__proto__', 'constructor', 'toString', 'NaN', '-0'],
  ...["' OR 1=1 --", `\${jndi:ldap://x}`, '{{7*7}}', '<script>alert(1)</script>', 'arn:aws:', '*', '$.x', '{% 1/0 %}'],
);
export const text = fc.oneof(nastyText, fc.string({ unit: 'binary', maxLength: 30 }));
export const number = fc.oneof(
  fc.constantFrom(0, -0, -1, 0.5, 2 ** 31, 2 ** 53, 2 ** 53 + 2, 2 ** 64, 1e30, -1e30, 1e308, 5e-324),
  fc.double(),
);
export const anything = fc.oneof(text, number, fc.jsonValue({ maxDepth: 4 }));

/** JSON as text, nested so deep that it overflows the stack of whatever walks it naively. */
const nested = fc
  .tuple(fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"M":{"a":', '}}']), fc.constantFrom(40, 2_000, 100_000))
  .map(([[opening = '', closing = ''], times]) => `${opening.repeat(times)}1${closing.repeat(times)}`);
const unclosed = fc
  .tuple(fc.constantFrom('[', '{"a":', '"'), fc.constantFrom(10, 40, 5_000, 200_000))
  .map(([opening, times]) => opening.repeat(times));

/** Bodies that have nothing to do with what was asked for. */
export const strangeBody: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  anything.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
  nested.map((json) => Buffer.from(json)),
  unclosed.map((json) => Buffer.from(json)),
  fc.constantFrom('Action=ListQueues&Version=2012-11-05', '<a/>', '--x\r\n\r\n').map((other) => Buffer.from(other)),
);

/** Undefined nine times of ten. */
export const seldom = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Stands in a body for JSON that the wire carries as a text: definitions, patterns, events. Changes reach into it. */
export class JsonText {
  value: unknown;
  constructor(value: unknown) {
    this.value = value;
  }
  toJSON(): unknown {
    return typeof this.value === 'string' ? this.value : JSON.stringify(this.value);
  }
}

export interface Change {
  /** Which of the body's values, counted through it. */
  at: number;
  how: 'replace' | 'remove' | 'add';
  name: string;
  value: unknown;
}
const deep = (levels: number): unknown => JSON.parse(`${'[{"a":'.repeat(levels)}1${'}]'.repeat(levels)}`);
export const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(60),
  how: fc.constantFrom('replace', 'remove', 'add'),
  name: text,
  value: fc.oneof(
    { weight: 12, arbitrary: anything },
    { weight: 1, arbitrary: nested },
    { weight: 1, arbitrary: fc.constantFrom(30, 1_500).map(deep) },
    { weight: 1, arbitrary: fc.constantFrom(70_000, 500_000).map((length) => 'x'.repeat(length)) },
  ),
});

/** Takes away, adds and changes values of a body, which it leaves as it was. */
export function changed(body: unknown, changes: Change[]): unknown {
  const root: Record<string, unknown> = { body: copyOf(body) };
  for (const { at, how, name, value } of changes) {
    const places = placesIn(root);
    const place = places[at % places.length];
    if (!place) continue;
    const [holder, key] = place;
    if (how === 'remove') Reflect.deleteProperty(holder, key);
    else {
      const property = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(holder, how === 'add' && !(holder instanceof JsonText) ? name : key, property);
    }
  }
  return root.body;
}

function copyOf(value: unknown): unknown {
  if (value instanceof JsonText) return new JsonText(copyOf(value.value));
  if (Array.isArray(value)) return value.map(copyOf);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, copyOf(each)]));
}

function placesIn(root: object): [holder: object, key: string][] {
  const places: [object, string][] = [];
  // Not recursive: values are nested deep on purpose.
  for (const holders = [root]; holders.length > 0; ) {
    const holder = holders.pop()!;
    for (const [key, value] of Object.entries(holder)) {
      places.push([holder, key]);
      if (typeof value === 'object' && value !== null) holders.push(value);
    }
  }
  return places;
}

/** What no answer may show: the inside of the process that answered. */
export const inside =
  /\n\s+at |node:internal|node_modules|\.ts:\d+|\.js:\d+|ZodError|\b(Type|Range|Syntax|Reference|URI)Error\b|SQLITE|Cannot read propert/;

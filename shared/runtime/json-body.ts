import { type Fault, ProblemError } from './problem.ts';

/** Bytes. Below API Gateway's own 10 MB, so that the refusal is ours. */
export const largestBody = 1_000_000;
/** Levels of nesting. No request has more than six. */
const deepest = 32;

export type JsonObject = Record<string, unknown>;

/** The body's bytes, decoded from the transport. */
export const bytesOf = (body: string | undefined, isBase64: boolean): Buffer =>
  Buffer.from(body ?? '', isBase64 ? 'base64' : 'utf8');

/**
 * The JSON object in a body.
 * @param multiline fields at the top whose text has lines
 * @throws ProblemError payload_too_large, unsupported_media_type, malformed_json; validation_failed for characters no text should hold
 */
export function parseJsonObject(
  bytes: Buffer,
  contentType: string | undefined,
  multiline: readonly string[] = [],
): JsonObject {
  if (bytes.length > largestBody) throw new ProblemError('payload_too_large');
  if (!isJsonType(contentType)) throw new ProblemError('unsupported_media_type');
  let parsed: unknown;
  try {
    // `fatal`: bytes that are not UTF-8 would silently become U+FFFD. `ignoreBOM`: a BOM is not JSON (RFC 8259, 8.1).
    parsed = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    throw new ProblemError(
      'malformed_json',
      bytes.length === 0 ? 'The body is empty.' : 'The body is not JSON in UTF-8.',
    );
  }
  if (!isObject(parsed)) throw new ProblemError('malformed_json', 'The body is not a JSON object.');
  const errors = textFaults(parsed, new Set(multiline.map((name) => `/${escapePointer(name)}`)));
  if (errors.length > 0) throw new ProblemError('validation_failed', undefined, { errors });
  return parsed;
}

/** `application/json`, with no charset or UTF-8 (media types are case-insensitive, RFC 9110). */
function isJsonType(contentType: string | undefined): boolean {
  const [type, ...parameters] = (contentType ?? '').split(';').map((part) => part.trim().toLowerCase());
  return type === 'application/json' && parameters.every((one) => one === '' || /^charset="?utf-?8"?$/.test(one));
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Control characters and lone surrogates: they break logs, mails, labels and UTF-8 itself. */
const unfit = /[\p{Cc}\p{Cs}]/u;

/** The same of text that has lines, which line breaks and tabs are a part of. */
const unfitInLines = /[^\P{Cc}\t\r\n]|\p{Cs}/u;

/** Walks with a stack of its own: a body of brackets only would overflow the call stack. */
function textFaults(root: JsonObject, multiline: ReadonlySet<string>): Fault[] {
  const faults: Fault[] = [];
  const pending: { value: unknown; pointer: string; depth: number }[] = [{ value: root, pointer: '', depth: 0 }];
  for (let next = pending.pop(); next; next = pending.pop()) {
    const { value, pointer, depth } = next;
    if (typeof value === 'string' && (multiline.has(pointer) ? unfitInLines : unfit).test(value)) {
      faults.push({ pointer, code: 'invalid_characters', detail: 'Holds a control character or a lone surrogate.' });
    }
    if (typeof value !== 'object' || value === null) continue;
    if (depth === deepest) {
      throw new ProblemError('malformed_json', `The body is nested more than ${deepest} levels deep.`);
    }
    for (const [key, child] of Object.entries(value)) {
      const at = `${pointer}/${escapePointer(key)}`;
      // JSON.parse makes it an own field, which every later copy of the object would take for the prototype.
      if (key === '__proto__') faults.push({ pointer: at, code: 'unknown_field', detail: 'There is no such field.' });
      else if (unfit.test(key))
        faults.push({ pointer: at.toWellFormed(), code: 'unknown_field', detail: 'There is no such field.' });
      else pending.push({ value: child, pointer: at, depth: depth + 1 });
    }
  }
  return faults.reverse();
}

/** RFC 6901: `~` and `/` inside a reference token. */
export const escapePointer = (token: string): string => token.replaceAll('~', '~0').replaceAll('/', '~1');

import type { Json } from './kernel.ts';

/** As deep as the JSON parser of AWS's services goes (Jackson's `StreamReadConstraints`). What walks a value here is recursive, and its stack is not endless. */
const DEEPEST = 1000;

/**
 * `JSON.parse` for texts of callers.
 * @throws SyntaxError, also for JSON that is nested more than 1,000 deep
 */
export function parseJson(text: string): Json {
  const value: Json = JSON.parse(text);
  if (isNestedTooDeep(text)) throw new SyntaxError(`JSON is nested more than ${DEEPEST} deep`);
  return value;
}

/** @param text valid JSON */
function isNestedTooDeep(text: string): boolean {
  // Each level has an opening and a closing character.
  if (text.length <= 2 * DEEPEST) return false;
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at);
        break;
      case '[':
      case '{':
        if (++depth > DEEPEST) return true;
        break;
      case ']':
      case '}':
        depth--;
    }
  }
  return false;
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}

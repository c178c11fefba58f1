import type { Branch } from './branch.ts';
import type { WaitState } from './definition.ts';
import type { Bindings } from './expressions.ts';

const LONGEST_WAIT = 99_999_999;
/** RFC 3339 with upper-case T and an offset; seconds may be missing and have up to nine decimals, as java.time's ISO_OFFSET_DATE_TIME reads it. */
const OFFSET_DATE_TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2})(:\d{2})?(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/;

/** When a Wait is over, in epoch milliseconds. */
export async function waitUntil(branch: Branch, state: WaitState, bindings: Bindings): Promise<number> {
  if (state.Seconds !== undefined) {
    const seconds = await branch.evaluateNumber(state.Seconds, 'Seconds', bindings, 0, LONGEST_WAIT);
    return branch.now() + seconds * 1000;
  }
  const timestamp = await branch.evaluateTyped(state.Timestamp ?? '', 'Timestamp', bindings, 'string');
  const time = parseTimestamp(String(timestamp));
  if (time !== undefined) return time;
  throw branch.evaluationFailure(
    'Timestamp',
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${String(timestamp)}`,
  );
}

function parseTimestamp(text: string): number | undefined {
  const match = OFFSET_DATE_TIME.exec(text);
  if (!match) return undefined;
  const [, minute, second = ':00', fraction = '', offset] = match;
  const time = Date.parse(`${minute}${second}${fraction.slice(0, 4)}${offset}`);
  return Number.isNaN(time) ? undefined : time;
}

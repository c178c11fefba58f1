import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { Headers } from '../../../shared/runtime/request-headers.ts';

export const mediaTypes = { json: 'application/json', pdf: 'application/pdf', xml: 'application/xml' } as const;
export type Format = keyof typeof mediaTypes;
const formats = Object.keys(mediaTypes) as Format[];

/** `inv_1.pdf` is `inv_1` as PDF. Without a format in its name, it is as Accept says. */
export function formatOf(named: string, headers: Headers): { id: string; format: Format } {
  const [id = '', suffix] = named.split('.');
  return { id, format: formats.find((one) => one === suffix) ?? accepted(headers.accept) };
}

/**
 * What a client prefers of what there is (RFC 9110, 12.5.1); of what it likes equally, JSON first.
 * @throws ProblemError not_acceptable
 */
function accepted(accept = '*/*'): Format {
  const ranges = accept.split(',').map((range) => {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const weight = parameters.find((one) => one.startsWith('q='))?.slice(2);
    return { type, weight: weight === undefined ? 1 : Number(weight) || 0 };
  });
  const liking = (format: Format): number => {
    const type = mediaTypes[format];
    // The most specific range decides, also when it says no.
    const range = [type, 'application/*', '*/*'].flatMap((one) => ranges.filter((range) => range.type === one))[0];
    return range?.weight ?? 0;
  };
  const [best] = formats.toSorted((a, b) => liking(b) - liking(a));
  if (!best || liking(best) === 0) throw new ProblemError('not_acceptable');
  return best;
}

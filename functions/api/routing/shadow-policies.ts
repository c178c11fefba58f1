import type { ShadowLog } from '../../../shared/ports/shadow-log.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError } from '../../../shared/runtime/problem.ts';
import type { ApiRequest } from '../../../shared/runtime/request.ts';
import type { routingContracts } from './contract.ts';

export interface ShadowDeps {
  shadows: ShadowLog;
}

const day = 24 * 3_600_000;
const mostDays = 31;

export async function compareShadowPolicies(
  { shadows }: ShadowDeps,
  { params, query }: ApiRequest<(typeof routingContracts)['compareShadowPolicies']>,
): Promise<Answer> {
  const first = Date.parse(query.from);
  const days = Math.round((Date.parse(query.to) - first) / day) + 1;
  if (days < 1 || days > mostDays) {
    const detail = `\`to\` is on or after \`from\`, at most ${mostDays} days in all.`;
    throw new ProblemError('invalid_parameter', detail, {
      errors: [{ pointer: '/to', code: 'invalid_period', detail }],
    });
  }
  const asked = Array.from({ length: days }, (_, n) => new Date(first + n * day).toISOString().slice(0, 10));
  return { status: 200, body: { data: await shadows.totals(params.id, asked) } };
}

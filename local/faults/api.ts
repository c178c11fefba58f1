import * as z from 'zod';
import type { Clock } from '../kernel/clock.ts';
import type { LocalRequest, LocalResponse } from '../kernel/local-pages.ts';
import { FaultPlan } from './fault-rule.ts';
import type { Faults } from './faults.ts';

/** `PUT /_local/faults` with a plan, `GET` to see how often each rule struck, `DELETE` to have peace again. */
export function faultsApi(faults: Faults | undefined, clock: Clock, { method, body }: LocalRequest): LocalResponse {
  if (!faults) return json(403, { message: 'Faults are for shops in memory only: start with --memory.' });
  switch (method) {
    case 'GET':
      return json(200, faults.report());
    case 'DELETE':
      faults.plan(undefined);
      return json(200, faults.report());
    case 'PUT': {
      const plan = readPlan(body);
      if ('refused' in plan) return json(400, { message: plan.refused });
      if (!clock.jump && plan.rules.some(({ kind }) => kind === 'clock-jump')) {
        return json(400, { message: 'clock-jump needs a clock that can be set, which this shop has not.' });
      }
      faults.plan(plan);
      return json(200, faults.report());
    }
    default:
      return { ...json(405, { message: 'GET, PUT or DELETE' }), headers: { allow: 'GET, PUT, DELETE' } };
  }
}

function readPlan(body: Buffer): FaultPlan | { refused: string } {
  let given: unknown;
  try {
    given = JSON.parse(body.toString('utf8'));
  } catch {
    return { refused: 'The body is no JSON.' };
  }
  const result = FaultPlan.safeParse(given);
  return result.success ? result.data : { refused: z.prettifyError(result.error) };
}

const json = (status: number, body: unknown): LocalResponse => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

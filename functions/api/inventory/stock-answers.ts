import type { StockCommand } from '../../../shared/domain/stock/commands.ts';
import type { StockRejection } from '../../../shared/domain/stock/decision.ts';
import type { Answer } from '../../../shared/runtime/answer.ts';
import { ProblemError, problemAnswer, problemType } from '../../../shared/runtime/problem.ts';
import { problemCodes } from '../../../shared/runtime/problem-codes.ts';
import type { Idempotency } from '../../../shared/runtime/request.ts';
import { executeStock, type StockDeps, type StockDone } from '../../../shared/use-cases/stock/execute-stock.ts';

interface StockRequest {
  origin: string;
  path: string;
  requestId: string;
  actor: Parameters<typeof executeStock>[2]['actor'];
  idempotency: Idempotency | undefined;
}

export interface Answering {
  status: number;
  represent: (done: StockDone) => unknown;
  /** The path of what was made, from the answer's body. */
  location?: (body: { id: string }) => string;
}

/**
 * Carries a command out and answers it. The answer is kept under the request's key in the command's own transaction, a refusal that
 * depends on the state of things right after it: sent again, the same request gets the same bytes.
 */
export async function answerStock(
  deps: StockDeps,
  request: StockRequest,
  command: StockCommand,
  { status, represent, location }: Answering,
): Promise<Answer> {
  const { idempotency, actor, requestId } = request;
  const answerOf = (done: StockDone) => JSON.stringify(represent(done));
  const executed = await executeStock(deps, command, {
    actor,
    correlationId: requestId,
    causationId: requestId,
    idempotency: idempotency && { ...idempotency, status },
    answerOf,
  });
  switch (executed.outcome) {
    case 'done':
      return bytes(status, answerOf(executed), location);
    case 'rejected':
      return refuse(deps, request, problemOf(executed.rejection, command));
    case 'replay': {
      if (!executed.isSame) throw new ProblemError('idempotency_key_reused');
      return replayed(executed.answer, location);
    }
  }
}

function bytes(status: number, text: string, location: Answering['location']): Answer {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    ...(location && { location: location(JSON.parse(text) as { id: string }) }),
  };
  return { status, headers, text };
}

function replayed({ status, text }: { status: number; text: string }, location: Answering['location']): Answer {
  const again =
    status < 400 ? bytes(status, text, location) : { status, text, headers: { 'content-type': problemType } };
  return { ...again, headers: { ...again.headers, 'idempotent-replayed': 'true' } };
}

function problemOf({ code, message, facts = {} }: StockRejection, command: StockCommand): ProblemError {
  const pointer = code === 'location_not_found' ? pointerTo(facts.locationId, command) : undefined;
  if (pointer === undefined) return new ProblemError(code, message, { extensions: facts });
  const errors = [{ pointer, code: 'unknown_location', detail: message }];
  return new ProblemError('unknown_location', message, { errors, extensions: facts });
}

/** Where the body names the location; undefined: the path does. */
function pointerTo(locationId: unknown, command: StockCommand): string | undefined {
  if (command.type === 'transfer') return command.from === locationId ? '/from' : '/to';
  return command.type === 'expect' ? '/locationId' : undefined;
}

const sevenDays = 7 * 24 * 3600;

async function refuse({ stock, system }: StockDeps, request: StockRequest, problem: ProblemError): Promise<Answer> {
  const { idempotency } = request;
  const { status } = problemCodes[problem.code];
  // What is not there may be made a moment later: that is decided anew each time.
  const isOfNow = status !== 409 && (status !== 422 || problem.code === 'unknown_location');
  if (!idempotency || isOfNow) throw problem;
  const { text = '' } = problemAnswer(problem, request);
  const expiresAt = Math.floor(system.now() / 1000) + sevenDays;
  await stock.keepAnswer({ ...idempotency, status, text, expiresAt });
  // A request with the same key may have been faster: what it was told counts.
  const kept = await stock.answer(idempotency.owner, idempotency.key);
  if (!kept || kept.text === text) throw problem;
  if (kept.requestHash !== idempotency.requestHash) throw new ProblemError('idempotency_key_reused');
  return replayed(kept, undefined);
}

import type { Command } from '../../domain/commands.ts';
import type { OrderId } from '../../domain/ids.ts';
import { isOver, type Order } from '../../domain/order.ts';
import { FraudUnavailable } from '../../ports/fraud.ts';
import { type CommandMeta, type ExecuteDeps, execute } from '../execute.ts';
import { mustSucceed } from '../outcome.ts';
import { factsOf } from './facts-of.ts';
import { type JudgeDeps, type Judgment, judgeOrder } from './judge-order.ts';

/** `COLLECT`: accepted, and money is to be taken before the order is confirmed. */
export type ScreenFraudOutcome = 'ACCEPTED' | 'COLLECT' | 'ON_HOLD' | 'REFUSED' | 'OVER';

/** Nobody could say. Waits for a person: an order is never let through because nobody answered. */
const unanswered: Judgment = {
  decision: 'review',
  score: 0,
  reasons: [{ code: 'provider_unavailable', words: 'The fraud provider did not answer.' }],
  provider: 'none',
};

const refused: Command = { type: 'cancel', reason: 'fraud_refused' };

/**
 * 1. Judge the order by what is known of it.
 * 2. Accepted: written down, on to confirm. For review: held in the same transaction, its stock and its authorization kept.
 * 3. Refused: ended in the same transaction (a large order in several); its stock goes back, its money with `settle-order`.
 * @param isLastTry nobody answers: hold the order instead of throwing
 * @throws FraudUnavailable for the workflow to retry
 */
export async function screenFraud(
  deps: ExecuteDeps & JudgeDeps,
  orderId: OrderId,
  { isLastTry }: { isLastTry: boolean },
  meta: CommandMeta,
): Promise<{ outcome: ScreenFraudOutcome }> {
  const order = await deps.orders.load(orderId);
  if (!order || isOver(order) || order.canceling) return { outcome: 'OVER' };
  if (order.risk) return { outcome: await carriedOn(deps, order, meta) };
  const judgment = await judged(deps, order, isLastTry);
  const screened: Command = { type: 'screen', ...judgment };
  const commands = judgment.decision === 'refuse' ? [screened, refused] : [screened];
  const executed = await execute(deps, orderId, commands, { ...meta, known: order });
  // Somebody canceled it while it was being judged.
  if (executed.outcome === 'rejected' && executed.rejection.code === 'invalid_transition') return { outcome: 'OVER' };
  return { outcome: await carriedOn(deps, mustSucceed(executed).order, meta) };
}

async function judged(deps: JudgeDeps, order: Order, isLastTry: boolean): Promise<Judgment> {
  try {
    return await judgeOrder(deps, factsOf(order));
  } catch (error) {
    if (isLastTry && error instanceof FraudUnavailable) return unanswered;
    throw error;
  }
}

async function carriedOn(deps: ExecuteDeps, order: Order, meta: CommandMeta): Promise<ScreenFraudOutcome> {
  let current = order;
  while (current.canceling) {
    current = mustSucceed(await execute(deps, order.id, [refused], { ...meta, known: current })).order;
  }
  if (isOver(current)) return 'REFUSED';
  if (current.holds.length > 0) return 'ON_HOLD';
  return current.capture === 'onPlace' ? 'COLLECT' : 'ACCEPTED';
}

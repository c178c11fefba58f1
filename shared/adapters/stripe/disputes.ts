import type { Stripe } from 'stripe';
import type { Dispute } from '../../ports/payment.ts';
import { amountOfStripe } from './amounts.ts';

/** docs.stripe.com/api/disputes/object, "status". An inquiry (`warning_…`) takes no money; what was prevented took none. */
const states: Readonly<Record<string, Dispute['state']>> = {
  warning_needs_response: 'inquiry',
  warning_under_review: 'inquiry',
  warning_closed: 'inquiryClosed',
  prevented: 'inquiryClosed',
  won: 'won',
  lost: 'lost',
};

/** @returns undefined: of a currency that is not ours */
export function disputeOf({
  id,
  status,
  reason,
  evidence_details: evidence,
  ...money
}: Stripe.Dispute): Dispute | undefined {
  const amount = amountOfStripe(money.amount, money.currency);
  if (!amount) return undefined;
  const dueBy = evidence?.due_by;
  return {
    // A status that is new is one in which the bank has the money: too much is held rather than too little.
    ...{ id, state: states[status] ?? 'open', reason, ...amount },
    ...(typeof dueBy === 'number' && { respondBy: new Date(dueBy * 1000).toISOString() }),
  };
}

import type { CommandOf } from '../commands.ts';
import { eventOf } from '../event-of.ts';
import { levelOf, reviewHold } from '../fraud/screening.ts';
import type { Order } from '../order.ts';
import { reject } from '../rejection.ts';
import { accept, alreadyDone, type Decision, type DecisionContext } from './decision.ts';

/** As much of the reasons as a note of a hold takes. */
const longestNote = 500;

/** Writes down what was made of the order, once. For review it stays where it is, its stock kept, until somebody decides or the deadline comes. */
export function screen(order: Order, command: CommandOf<'screen'>, { now, actor, policy }: DecisionContext): Decision {
  if (order.risk) return alreadyDone;
  if (order.lifecycle !== 'PLACED') {
    return reject(
      'invalid_transition',
      `Orders are screened before they are confirmed; this one is ${order.lifecycle}.`,
    );
  }
  const { decision, score, reasons, provider } = command;
  const screened = eventOf('fraud.screened', {
    decision,
    level: levelOf(command),
    score,
    reasons: reasons.map(({ code }) => code),
    provider,
  });
  if (decision !== 'review') return accept(screened);
  const note = reasons.map(({ words }) => words).join(' ');
  return accept(
    screened,
    eventOf('order.hold.placed', {
      handle: reviewHold,
      reason: 'FRAUD',
      owner: actor.id,
      ...(note !== '' && { note: note.slice(0, longestNote) }),
      cancelAt: new Date(Date.parse(now) + policy.fraudReviewDeadline).toISOString(),
    }),
  );
}

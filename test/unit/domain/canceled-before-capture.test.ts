import { describe, expect, test } from 'vitest';
import { lineId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import { deliver, memo, pack, placeBasket, releaseAt, type Story } from './credit-memo-world.ts';

const line = lineId(1);
const audit = ({ order, log }: Story) => expect(auditOrder(order, log)).toEqual([]);

describe('what is canceled before it is captured', () => {
  test('medusa #14984: part is canceled before the capture: less is captured on the same authorization, the rest voided', () => {
    const one = releaseAt(placeBasket('EUR', 3), ['dc-1', 3]);
    pack(one, 0, 1);
    one.given({ type: 'cancelRemainder', reason: 'customer' });
    deliver(one, 0);
    const [payment] = one.order.payments;
    const captured = one.order.invoices[0]!.total.gross;
    expect(payment).toMatchObject({ captured, captures: [{ amount: captured }] });
    expect(settlement(one.order)).toMatchObject({ refunds: [], voids: [{ amount: one.order.total - captured }] });
    audit(one);
  });

  test('vendure #2912: one of two is canceled before anything is taken: what can go back is what was taken', () => {
    const one = releaseAt(placeBasket('EUR', 2), ['dc-1', 2]);
    pack(one, 0, 1);
    one.given({ type: 'cancelRemainder', reason: 'customer' });
    const [payment] = one.order.payments;
    const over = memo({ lines: [{ lineId: line, quantity: 2 }] });
    expect(one.issue(over)).toMatchObject({ code: 'credit_exceeds_invoice', pointer: '/lines/0/quantity' });
    one.given(memo({ lines: [{ lineId: line, quantity: 1 }], charges: [{ chargeId: 'chg_1' }] }));
    expect(settlement(one.order).refunds).toEqual([
      { paymentId: payment?.id, captureId: 'cap_1', amount: payment?.captured },
    ]);
    audit(one);
  });
});

import { describe, expect, test } from 'vitest';
import type { FulfillmentId } from '../../../shared/domain/ids.ts';
import { lineId } from '../../../shared/domain/ids.ts';
import { auditOrder } from '../../../shared/domain/invariants.ts';
import { settlement } from '../../../shared/domain/settlement.ts';
import { postingsOf } from '../../../shared/domain/stock.ts';
import { invoiceCommand, location, releasedStory, reserveCommand } from './orders.ts';

const cup = { sku: 'cup', quantity: 3, unitPrice: 500 };

/** An order that is released to one site, and the id of its fulfillment order. */
function released() {
  const story = releasedStory([cup]);
  const id = (n = 0): FulfillmentId => {
    const found = story.order.fulfillments[n];
    if (!found) throw new Error('no such fulfillment');
    return found.id;
  };
  return { story, id };
}

const postings = (story: ReturnType<typeof releasedStory>) =>
  story.log.flatMap(postingsOf).map(({ locationId, from, to, quantity }) => `${locationId} ${from}>${to} ${quantity}`);

describe('a site gives work back', () => {
  test('medusa #16338: units are fulfilled from where they are reserved, and from nowhere else', () => {
    const { story, id } = released();
    const [line] = story.order.lines;
    const site = story.order.fulfillments[0]?.locationId;
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'no_capacity' });
    story.given(reserveCommand([1, 'dc-9', 3]));
    story.given({ type: 'release' });
    for (const type of ['accept', 'pick', 'pack'] as const) story.given({ type, fulfillmentId: id(1) });
    expect(story.order.fulfillments[1]?.locationId).toBe('dc-9');
    expect(story.order.lines[0]?.reservations.map(({ locationId, state }) => `${locationId} ${state}`)).toEqual([
      `${site} RELEASED`,
      'dc-9 ALLOCATED',
    ]);
    expect(line?.reservations).toHaveLength(1);
    expect(postings(story)).toEqual([
      `${site} AVAILABLE>COMMITTED 3`,
      `${site} COMMITTED>AVAILABLE 3`,
      'dc-9 AVAILABLE>COMMITTED 3',
    ]);
    expect(auditOrder(story.order, story.log)).toEqual([]);
  });

  test('the site is not asked again for these goods of this order', () => {
    const { story, id } = released();
    const site = story.order.fulfillments[0]?.locationId ?? '';
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'closed' });
    expect(story.issue(reserveCommand([1, site, 3]))).toMatchObject({ code: 'site_excluded' });
    expect(story.order.lines[0]?.excludedSites).toEqual([location(site)]);
  });

  test('an outage is no failure of the site: it may serve again', () => {
    const { story, id } = released();
    const site = story.order.fulfillments[0]?.locationId ?? '';
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'outage' });
    story.given(reserveCommand([1, site, 3]));
    expect(story.order.lines[0]?.positions).toEqual({ RESERVED: 3 });
  });

  test('twice is once; after picking it is too late', () => {
    const { story, id } = released();
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'closed' });
    const { length } = story.log;
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'other' });
    expect(story.log).toHaveLength(length);
    const other = released();
    for (const type of ['accept', 'pick'] as const) other.story.given({ type, fulfillmentId: other.id() });
    expect(other.story.issue({ type: 'rejectFulfillment', fulfillmentId: other.id(), reason: 'closed' })).toMatchObject(
      { code: 'invalid_transition', possible: ['pack'] },
    );
  });

  test('medusa #11703: a canceled order gives back what is committed, not what a site gave back before', () => {
    const { story, id } = released();
    story.given({ type: 'rejectFulfillment', fulfillmentId: id(), reason: 'closed' });
    story.given({ type: 'cancel', reason: 'customer' });
    expect(postings(story).filter((one) => one.includes('COMMITTED>AVAILABLE'))).toHaveLength(1);
    expect(story.order).toMatchObject({ lifecycle: 'CANCELED', lines: [{ positions: { CANCELED: 3 } }] });
    expect(auditOrder(story.order, story.log)).toEqual([]);
  });
});

describe('a short pick', () => {
  const short = (picked: number, reason: 'not_found' | 'damaged' | 'lost' = 'not_found') => {
    const { story, id } = released();
    story.given({ type: 'accept', fulfillmentId: id() });
    story.given({ type: 'pick', fulfillmentId: id(), lines: [{ lineId: lineId(1), picked, reason }] });
    return { story, id };
  };

  test.each([
    ['not_found', 'QUARANTINE'],
    ['damaged', 'DAMAGED'],
    ['lost', 'EXTERNAL'],
  ] as const)('%s units go to %s, the rest goes on', (reason, account) => {
    const { story } = short(2, reason);
    const site = story.order.fulfillments[0]?.locationId;
    expect(postings(story).at(-1)).toBe(`${site} COMMITTED>${account} 1`);
    expect(story.order.fulfillments[0]).toMatchObject({
      status: 'PICKED',
      lines: [{ quantity: 3, picked: 2, shorted: 1 }],
    });
    expect(story.order.lines[0]?.positions).toEqual({ PICKED: 2, OPEN: 1 });
    expect(auditOrder(story.order, story.log)).toEqual([]);
  });

  test('nothing was found: the fulfillment order is canceled, all units are without a site', () => {
    const { story } = short(0);
    expect(story.order.fulfillments[0]).toMatchObject({ status: 'CANCELED', endReason: 'shorted' });
    expect(story.order.lines[0]?.positions).toEqual({ OPEN: 3 });
    expect(auditOrder(story.order, story.log)).toEqual([]);
  });

  test('what does not fit is refused, and changes nothing', () => {
    const { story, id } = released();
    story.given({ type: 'accept', fulfillmentId: id() });
    const { length } = story.log;
    const pick = (...lines: { lineId: ReturnType<typeof lineId>; picked: number; reason?: 'lost' }[]) =>
      story.issue({ type: 'pick', fulfillmentId: id(), lines });
    for (const refused of [
      pick({ lineId: lineId(1), picked: 4 }),
      pick({ lineId: lineId(1), picked: 2 }),
      pick({ lineId: lineId(7), picked: 1 }),
      pick({ lineId: lineId(1), picked: 3 }, { lineId: lineId(1), picked: 3 }),
    ]) {
      expect(refused).toMatchObject({ code: 'invalid_pick' });
    }
    expect(story.log).toHaveLength(length);
  });

  test('the same pick again is done already; with other numbers it is refused', () => {
    const { story, id } = short(2);
    const again = (picked: number) =>
      story.issue({ type: 'pick', fulfillmentId: id(), lines: [{ lineId: lineId(1), picked, reason: 'not_found' }] });
    expect(again(2)).toBeUndefined();
    expect(again(1)).toMatchObject({ code: 'invalid_transition' });
  });

  test('vendure #2912: the rest is canceled after the short pick, and exactly what it cost is let go', () => {
    const { story, id } = short(2);
    story.given({ type: 'pack', fulfillmentId: id() });
    const packed = story.order.fulfillments[0];
    expect(packed?.parcels).toEqual([{ id: 'parcel_1', contents: [{ lineId: 'line_1', quantity: 2 }] }]);
    const payment = story.order.payments[0];
    if (!payment) throw new Error('no payment');
    const capture = { type: 'capture', fulfillmentId: id(), paymentId: payment.id, providerReference: 'c' } as const;
    expect(story.issue({ ...capture, amount: 1500 })).toMatchObject({ code: 'amount_exceeds_authorization' });
    story.given({ ...capture, amount: 1000 });
    story.given(invoiceCommand(id()));
    story.given({ type: 'cancelRemainder', reason: 'customer' });
    expect(settlement(story.order).voids).toEqual([]);
    story.given({
      type: 'ship',
      fulfillmentId: id(),
      shipment: { carrier: 'c', service: 'standard', trackingNumber: '1' },
    });
    expect(settlement(story.order).voids).toEqual([{ paymentId: payment.id, amount: 500 }]);
    story.given({ type: 'deliver', fulfillmentId: id() });
    expect(story.issue({ type: 'close' })).toMatchObject({ code: 'balance_open' });
    story.given({ type: 'void', paymentId: payment.id, amount: 500 });
    story.given({ type: 'close' });
    expect(auditOrder(story.order, story.log)).toEqual([]);
  });
});

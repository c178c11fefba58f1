import { describe, expect, test } from 'vitest';
import { lineId } from '../../../shared/domain/ids.ts';
import { nextActionOf } from '../../../shared/domain/next-action.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { type LineGiven, linesWorld } from './order-lines-world.ts';

const engraved = (quantity = 1, instructions = ['Ada Lovelace', '1815']): LineGiven => ({
  sku: 'cup',
  quantity,
  unitPrice: 900,
  customization: { capability: 'engrave', instructions },
});
const plain: LineGiven = { sku: 'cup', quantity: 1, unitPrice: 500 };

describe('customized lines', () => {
  test('go to a site that can do it, though another one comes first; the decision says why', async () => {
    const world = linesWorld([
      ['cup', 'dc-1', 9],
      ['cup', 'store-1', 1],
    ]);
    const id = await world.place([engraved()]);
    expect(await world.run(id)).toBe('CONFIRMED');
    expect(world.read(id).fulfillments[0]?.locationId).toBe('store-1');
    const created = world.log.get(id)?.find(({ type }) => type === 'reservation.created');
    expect(JSON.stringify(created?.data)).toContain('"locationId":"dc-1","covers":0,"excludedBy":"NO_CAPABILITY"');
    expect(world.audit()).toEqual([]);
  });

  test('no such site has stock: it waits, and leaves what others have to others', async () => {
    const world = linesWorld([['cup', 'dc-1', 1]]);
    const id = await world.place([engraved()]);
    expect(await world.run(id)).toBe('BACKORDERED');
    const later = await world.place([plain]);
    expect(await world.run(later)).toBe('CONFIRMED');
  });

  test('what waits for an engraver keeps its place there: a later order does not take that stock', async () => {
    const world = linesWorld([['cup', 'dc-2', 0]]);
    const first = await world.place([engraved()]);
    await world.run(first);
    const counted = world.buckets.get('cup dc-2');
    if (!counted) throw new Error('no bucket');
    world.buckets.set('cup dc-2', { ...counted, onHand: 1, available: 1 });
    const second = await world.place([plain]);
    expect(await world.run(second)).toBe('BACKORDERED');
    expect(await world.run(first)).toBe('CONFIRMED');
  });

  test('accept, customize, pick: nothing is picked before the work is done', async () => {
    const world = linesWorld([['cup', 'dc-2', 5]]);
    const id = await world.place([engraved(2)]);
    await world.run(id);
    const action = () => nextActionOf(world.read(id), defaultPolicy).action;
    expect(await world.verb(id, 'startCustomization')).toBe('invalid_transition');
    await world.verb(id, 'accept');
    expect(action()).toBe('CUSTOMIZE');
    expect(await world.verb(id, 'pick')).toBe('customization_not_done');
    expect(await world.verb(id, 'pack')).toBe('customization_not_done');
    expect(await world.verb(id, 'finishCustomization')).toBe('invalid_transition');
    expect(await world.verb(id, 'startCustomization')).toBeUndefined();
    expect(await world.verb(id, 'startCustomization')).toBeUndefined();
    expect(action()).toBe('FINISH_CUSTOMIZATION');
    expect(await world.verb(id, 'pick')).toBe('customization_not_done');
    expect(await world.verb(id, 'finishCustomization')).toBeUndefined();
    expect(action()).toBe('PICK');
    for (const verb of ['pick', 'pack', 'ship', 'deliver'] as const) {
      expect(await world.verb(id, verb)).toBeUndefined();
    }
    expect(world.log.get(id)?.filter(({ type }) => type.startsWith('customization.'))).toHaveLength(2);
    expect(world.stock('cup', 'dc-2')).toBe('3/0/3');
    expect(world.audit()).toEqual([]);
  });

  test('before work begins it can be canceled or given back; from then on neither, with a code that says so', async () => {
    const world = linesWorld([
      ['cup', 'dc-2', 5],
      ['cup', 'store-1', 5],
    ]);
    const back = await world.place([engraved()]);
    await world.run(back);
    await world.verb(back, 'accept');
    expect(await world.verb(back, 'rejectFulfillment', 0, { reason: 'no_capacity' })).toBeUndefined();
    expect(await world.reroute(back)).toEqual({ outcome: 'ROUTED' });
    expect(world.read(back).fulfillments.map(({ locationId }) => locationId)).toEqual(['dc-2', 'store-1']);
    await world.issue(back, 'agent', { type: 'cancel', reason: 'changed' });
    expect(world.read(back).lifecycle).toBe('CANCELED');

    const begun = await world.place([engraved()]);
    await world.run(begun);
    await world.verb(begun, 'accept');
    await world.verb(begun, 'startCustomization');
    const refused = { outcome: 'rejected', rejection: { code: 'customization_begun' } };
    expect(await world.issue(begun, 'agent', { type: 'cancel', reason: 'changed' })).toMatchObject(refused);
    expect(await world.verb(begun, 'rejectFulfillment', 0, { reason: 'other' })).toBe('customization_begun');
    expect(world.audit()).toEqual([]);
  });

  test('spoiled at work: picked short as damaged, and made again elsewhere', async () => {
    const world = linesWorld([
      ['cup', 'dc-2', 1],
      ['cup', 'store-1', 1],
    ]);
    const id = await world.place([engraved()]);
    await world.run(id);
    for (const verb of ['accept', 'startCustomization', 'finishCustomization'] as const) await world.verb(id, verb);
    await world.verb(id, 'pick', 0, { lines: [{ lineId: lineId(1), picked: 0, reason: 'damaged' }] });
    expect(await world.reroute(id)).toEqual({ outcome: 'ROUTED' });
    expect(world.read(id).fulfillments[1]).toMatchObject({ locationId: 'store-1', status: 'OPEN' });
    expect(world.audit()).toEqual([]);
  });

  test('what the customer wants is no part of any event', async () => {
    const world = linesWorld([['cup', 'dc-2', 5]]);
    const id = await world.place([engraved(1, ['For my Ada', 'with love'])]);
    await world.run(id);
    for (const verb of ['accept', 'startCustomization', 'finishCustomization', 'pick'] as const)
      await world.verb(id, verb);
    expect(JSON.stringify(world.log.get(id)?.map(({ data }) => data))).not.toContain('Ada');
    expect(world.read(id).lines[0]?.customization).toEqual({
      capability: 'engrave',
      instructions: ['For my Ada', 'with love'],
    });
  });

  test('a fulfillment without customized lines has nothing to customize', async () => {
    const world = linesWorld([['cup', 'dc-1', 5]]);
    const id = await world.place([plain]);
    await world.run(id);
    await world.verb(id, 'accept');
    expect(await world.verb(id, 'startCustomization')).toBe('invalid_transition');
    expect(await world.verb(id, 'pick')).toBeUndefined();
  });
});

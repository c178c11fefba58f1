import { AwsError } from '../kernel/errors.ts';
import type { Principal } from '../kernel/kernel.ts';
import type { Item } from './attribute-value.ts';
import { Bill, DETAILS, writeUnits } from './capacity.ts';
import type { Engine, Operation } from './engine.ts';
import { replaceItem } from './replace-item.ts';
import { type Input, oneOf, validation } from './request.ts';
import { type ActionKind, readAction, refuseItemCollections, type WriteAction } from './write-action.ts';

const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'] as const;
type ReturnValues = (typeof RETURN_VALUES)[number];

export const putItem: Operation = (engine, input, principal) => writeOne(engine, 'PutItem', input, principal);
export const updateItem: Operation = (engine, input, principal) => writeOne(engine, 'UpdateItem', input, principal);
export const deleteItem: Operation = (engine, input, principal) => writeOne(engine, 'DeleteItem', input, principal);

async function writeOne(engine: Engine, kind: ActionKind, input: Input, principal: Principal): Promise<unknown> {
  const returnValues = oneOf(input, 'ReturnValues', RETURN_VALUES, 'NONE');
  const detail = oneOf(input, 'ReturnConsumedCapacity', DETAILS, 'NONE');
  if (kind !== 'UpdateItem' && returnValues !== 'NONE' && returnValues !== 'ALL_OLD') {
    throw validation('ReturnValues can only be ALL_OLD or NONE');
  }
  const action = readAction(engine, kind, input, principal);
  const { table, key, expressions } = action;
  refuseItemCollections(input, table);
  return engine.kernel.storage.write((group) => {
    engine.inFlight.refuse(group, table, key);
    const old = table.find(key);
    const bill = new Bill('write');
    if (expressions.condition && !expressions.condition(old?.item ?? {}, expressions.values)) {
      // A failed condition costs what the item it looked at is worth.
      bill.add(table, { table: writeUnits(old?.size ?? 0) });
      bill.charge(engine.meter);
      throw conditionFailed(action, old?.item);
    }
    const next = action.next(old);
    bill.add(table, replaceItem(engine, group, table, key, old, next));
    bill.charge(engine.meter);
    const attributes = returned(returnValues, action, old?.item, next?.item);
    const [capacity] = bill.shown(detail) ?? [];
    return { ...(attributes ? { Attributes: attributes } : {}), ...(capacity ? { ConsumedCapacity: capacity } : {}) };
  });
}

function conditionFailed(action: WriteAction, old: Item | undefined): AwsError {
  const details = action.returnOldOnFailure && old ? { Item: old } : {};
  return new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 400, details);
}

function returned(
  what: ReturnValues,
  { expressions }: WriteAction,
  old: Item | undefined,
  next: Item | undefined,
): Item | undefined {
  if (what === 'NONE') return undefined;
  if (what === 'ALL_OLD') return old;
  if (what === 'ALL_NEW') return next;
  const updated = expressions.update?.project((what === 'UPDATED_OLD' ? old : next) ?? {}) ?? {};
  return Object.keys(updated).length > 0 ? updated : undefined;
}

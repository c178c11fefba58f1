import { type DynamoDBClient, type TransactWriteItem, TransactWriteItemsCommand } from '@aws-sdk/client-dynamodb';
import type { EventPostings, LedgerJournal } from '../../../ports/ledger.ts';
import type { System } from '../../../ports/system.ts';
import { toAttributes } from '../client.ts';
import { ledgerIndexKeys, ledgerPk } from './ledger-keys.ts';
import { entryPut, totalUpdates } from './posting-actions.ts';

/** Others wrote the same totals through every attempt. Nothing of this batch was written. */
class StoreContention extends Error {
  override readonly name = 'StoreContention';
}

/** Actions of one transaction of DynamoDB. */
const mostActions = 100;
/** With waits that double from 20 ms to 640 ms, in sum about 4 s at the most. */
const attempts = 10;

export function dynamoLedgerJournal(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
): LedgerJournal {
  return {
    async post(events) {
      // An event that stands in the batch twice is one.
      const left = [...new Map(events.map((event) => [event.eventId, event])).values()];
      let posted = 0;
      while (left.length > 0) {
        const { size, actions } = largestTransaction(table, left);
        posted += await write(client, table, system, left.splice(0, size), actions);
      }
      return posted;
    },
  };
}

/** As many of the events, from the first one on, as one transaction takes. */
function largestTransaction(table: string, events: readonly EventPostings[]) {
  let size = Math.min(events.length, mostActions);
  for (;;) {
    const actions = actionsOf(table, events.slice(0, size));
    if (actions.length <= mostActions || size === 1) return { size, actions };
    // Half of them at the least: an entry, and what its provider should say.
    size = Math.max(1, Math.floor((size * mostActions) / (actions.length + 1)));
  }
}

/** Entries first, so that the place of a refusal tells which event was known. */
const actionsOf = (table: string, events: readonly EventPostings[]): TransactWriteItem[] => {
  const postings = events.flatMap((event) => event.postings);
  return [
    ...postings.map((posting) => entryPut(table, posting)),
    ...movementUpdates(table, events),
    ...totalUpdates(table, postings),
  ];
};

/** @returns how many of the events were new */
async function write(
  client: DynamoDBClient,
  table: string,
  system: Pick<System, 'sleep' | 'random'>,
  events: EventPostings[],
  actions: TransactWriteItem[],
): Promise<number> {
  for (let attempt = 1; ; attempt++) {
    try {
      await client.send(new TransactWriteItemsCommand({ TransactItems: actions }));
      return events.length;
    } catch (error) {
      const codes = ((error as { CancellationReasons?: { Code?: string }[] }).CancellationReasons ?? []).map(
        ({ Code }) => Code,
      );
      const known = knownEvents(events, codes);
      if (known.size > 0) {
        const rest = events.filter(({ eventId }) => !known.has(eventId));
        return rest.length === 0 ? 0 : write(client, table, system, rest, actionsOf(table, rest));
      }
      if (!codes.includes('TransactionConflict')) throw error;
      if (attempt === attempts) throw new StoreContention(`the totals of ${events[0]?.eventId} and others`);
      await system.sleep(system.random() * Math.min(640, 20 * 2 ** attempt));
    }
  }
}

/** Only entries have a condition: that they are not there. */
function knownEvents(events: readonly EventPostings[], codes: readonly (string | undefined)[]): Set<string> {
  const owners = events.flatMap(({ eventId, postings }) => postings.map(() => eventId));
  return new Set(owners.filter((_, place) => codes[place] === 'ConditionalCheckFailed'));
}

/** What a provider's files should say, by reference: parts of one charge add up. */
function movementUpdates(table: string, events: readonly EventPostings[]): TransactWriteItem[] {
  const movements = events.flatMap(({ movement }) => (movement ? [movement] : []));
  return [...Map.groupBy(movements, ({ reference, kind }) => `${reference} ${kind}`).values()].flatMap((some) => {
    const [first] = some;
    if (!first) return [];
    const { reference, kind, currency, orderId, legalEntityId, at } = first;
    const unsettled = ledgerIndexKeys.unsettled(legalEntityId, at, reference);
    const update: TransactWriteItem = {
      Update: {
        TableName: table,
        Key: toAttributes({ pk: ledgerPk.reference(reference), sk: kind }),
        UpdateExpression:
          'SET orderId = :order, legalEntityId = :entity, currency = :currency, gsi2pk = :pk, gsi2sk = if_not_exists(gsi2sk, :sk) ADD amount :amount, movements :count',
        ExpressionAttributeValues: toAttributes({
          ':order': orderId,
          ':entity': legalEntityId,
          ':currency': currency,
          ':pk': unsettled.gsi2pk,
          ':sk': unsettled.gsi2sk,
          ':amount': some.reduce((sum, { amount }) => sum + amount, 0),
          ':count': some.length,
        }),
      },
    };
    return [update];
  });
}

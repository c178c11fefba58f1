import type { Command, Issued } from '../domain/commands.ts';
import type { Buyer, Parties } from '../domain/invoice.ts';
import { type DocumentKind, documentNumber, seriesOf } from '../domain/legal-entity.ts';
import { wallClockAt } from '../domain/network/wall-clock.ts';
import type { Order } from '../domain/order.ts';
import type { LegalEntities } from '../ports/legal-entities.ts';
import { type CommandMeta, type ExecuteDeps, type Executed, execute, StoreContention } from './execute.ts';

export interface PostingDeps extends ExecuteDeps {
  sellers: LegalEntities;
}

/** Enough for fifty who post at once: with the pauses some 12 s. Who still has none is tried again by his workflow. */
const attempts = 60;
const firstPause = 10;
const longestPause = 400;

/**
 * Executes commands that post a document, under the next number of its series. The counter is part of the command's transaction: no number is
 * given twice, and none is lost, whoever crashes. Who finds his number taken takes the next one, after a pause with full jitter.
 * @throws StoreContention
 */
export async function executeNumbered(
  deps: PostingDeps,
  order: Order,
  kind: DocumentKind,
  commands: (issued: Issued, parties: Parties) => Command[],
  meta: CommandMeta,
): Promise<Executed> {
  const { orders, sellers, system } = deps;
  const seller = await sellers.sellerIn(order.channel);
  const issueDate = wallClockAt(seller.timeZone, system.now()).date;
  const year = issueDate.slice(0, 4);
  const series = seriesOf(seller, kind, year);
  const parties = { seller, buyer: buyerOf(order) };
  for (let attempt = 0; attempt < attempts; attempt++) {
    if (attempt > 0) await system.sleep(system.random() * Math.min(longestPause, firstPause * 2 ** attempt));
    const value = (await orders.lastNumber(series)) + 1;
    const number = documentNumber(seller, kind, year, value);
    const issued = { number, series, legalEntityId: seller.id, issueDate };
    const executed = await execute(deps, order.id, commands(issued, parties), {
      ...meta,
      known: order,
      number: { series, value },
    });
    if (executed.outcome !== 'number_taken') return executed;
  }
  throw new StoreContention(`${series}: every one of ${attempts} numbers was taken by another document`);
}

function buyerOf({ contact, billing, delivery }: Order): Buyer {
  const address = billing?.address ?? delivery.address;
  return {
    name: billing?.address?.name ?? contact?.name ?? delivery.address?.name ?? '',
    ...(billing?.company !== undefined && { company: billing.company }),
    ...(billing?.taxId !== undefined && { taxId: billing.taxId }),
    ...(contact && { email: contact.email }),
    ...(address && { address }),
  };
}

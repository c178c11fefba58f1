import * as z from 'zod';
import { toldOfBooks } from './catalog/books.ts';
import { toldOfDocuments } from './catalog/documents.ts';
import { toldOfFulfillments } from './catalog/fulfillments.ts';
import { toldOfOrders } from './catalog/orders.ts';
import { toldOfPayments } from './catalog/payments.ts';
import { toldOfStock } from './catalog/stock.ts';
import type { CatalogEntry, Told } from './catalog/told.ts';
import { Envelope, type PublishedType, publishedData, schemaUrl, schemaVersion } from './envelope.ts';

/** A type without its entry does not compile. */
const told: Record<PublishedType, Told> = {
  ...toldOfOrders,
  ...toldOfPayments,
  ...toldOfDocuments,
  ...toldOfFulfillments,
  ...toldOfStock,
  ...toldOfBooks,
};

/** Every event that is published, by chapter. */
export function catalog(): CatalogEntry[] {
  return (Object.keys(told) as PublishedType[]).map((name) => ({
    name,
    version: schemaVersion,
    ...told[name],
    schema: envelopeSchema(name),
  }));
}

function envelopeSchema(name: PublishedType): Record<string, unknown> {
  const envelope = Envelope.extend({
    type: z.literal(name),
    version: z.literal(schemaVersion),
    data: publishedData[name],
  });
  // Input mode: the output mode closes every nested object, and a partner's validator would refuse our next field.
  return { $id: schemaUrl(name), title: name, ...z.toJSONSchema(envelope, { target: 'draft-2020-12', io: 'input' }) };
}

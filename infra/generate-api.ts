import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import * as z from 'zod';
import { customerAccountDocumentation, giftCardDocumentation } from '../functions/api/accounts/documentation.ts';
import { availabilityDocumentation } from '../functions/api/availability/documentation.ts';
import { cartHoldDocumentation } from '../functions/api/cart-holds/documentation.ts';
import { creditMemoDocumentation } from '../functions/api/credit-memos/documentation.ts';
import { documentDocumentation } from '../functions/api/documents/documentation.ts';
import { executionDocumentation } from '../functions/api/executions/documentation.ts';
import { feedDocumentation } from '../functions/api/feeds/documentation.ts';
import { fraudDocumentation } from '../functions/api/fraud/documentation.ts';
import { fulfillmentDocumentation } from '../functions/api/fulfillments/documentation.ts';
import { inventoryDocumentation } from '../functions/api/inventory/documentation.ts';
import { ledgerDocumentation } from '../functions/api/ledger/documentation.ts';
import { metaDocumentation } from '../functions/api/meta/documentation.ts';
import { networkDocumentation } from '../functions/api/network/documentation.ts';
import { legalEntityDocumentation } from '../functions/api/network/legal-entity-documentation.ts';
import { locationDocumentation } from '../functions/api/network/locations-documentation.ts';
import { restrictionDocumentation } from '../functions/api/network/restrictions-documentation.ts';
import { rulesDocumentation } from '../functions/api/network/rules-documentation.ts';
import { safetyDocumentation } from '../functions/api/network/safety-documentation.ts';
import { operationDocumentation } from '../functions/api/operations/documentation.ts';
import { orderDocumentation } from '../functions/api/orders/documentation.ts';
import { paymentDocumentation, paymentWebhookDocumentation } from '../functions/api/payments/documentation.ts';
import { quoteDocumentation } from '../functions/api/quotes/documentation.ts';
import { routingDocumentation } from '../functions/api/routing/documentation.ts';
import { settlementDocumentation } from '../functions/api/settlements/documentation.ts';
import { taxDocumentation } from '../functions/api/tax/documentation.ts';
import { webhookDocumentation } from '../functions/api/webhooks/documentation.ts';
import { openApiDocument } from '../shared/api/openapi.ts';
import { errorsDocument } from './api-docs/errors.ts';
import { docsPage } from './api-docs/page.ts';
import { paths } from './paths.ts';

const Package = z.object({ version: z.string() });

/** Every route with what is told of it. */
export const documentedRoutes = [
  ...orderDocumentation,
  ...creditMemoDocumentation,
  ...executionDocumentation,
  ...documentDocumentation,
  ...routingDocumentation,
  ...rulesDocumentation,
  ...fulfillmentDocumentation,
  ...fraudDocumentation,
  ...feedDocumentation,
  ...locationDocumentation,
  ...inventoryDocumentation,
  ...networkDocumentation,
  ...safetyDocumentation,
  ...restrictionDocumentation,
  ...legalEntityDocumentation,
  ...taxDocumentation,
  ...availabilityDocumentation,
  ...quoteDocumentation,
  ...cartHoldDocumentation,
  ...paymentDocumentation,
  ...paymentWebhookDocumentation,
  ...giftCardDocumentation,
  ...customerAccountDocumentation,
  ...operationDocumentation,
  ...ledgerDocumentation,
  ...settlementDocumentation,
  ...webhookDocumentation,
  ...metaDocumentation,
];

/** The OpenAPI document as JSON text. */
export function openApiText(): string {
  const { version } = Package.parse(JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')));
  return JSON.stringify(openApiDocument(documentedRoutes, version));
}

/**
 * Writes the OpenAPI document and its page to `dist/api`, and `documents.json`, which `functions/api/meta` carries in its bundle: both
 * compressed, or they would be larger than all of its code. Same contracts, same bytes.
 */
export async function generateApi(): Promise<void> {
  const openapi = openApiText();
  const docs = docsPage(openapi);
  const file = (name: string): string => join(paths.api, name);
  // Compressing takes a second and a half. What is compressed is written first, so that the texts beside it vouch for it.
  const isThere = holds(file('openapi.json'), openapi) && holds(file('docs.html'), docs);
  if (isThere && existsSync(file('documents.json'))) return;
  writeIfChanged(file('documents.json'), JSON.stringify(packed(openapi, docs)));
  writeIfChanged(file('openapi.json'), openapi);
  writeIfChanged(file('docs.html'), docs);
}

/** The two documents as the function carries them. */
export function apiDocuments(): { openapi: string; docs: string } {
  const openapi = openApiText();
  return packed(openapi, docsPage(openapi));
}

const packed = (openapi: string, docs: string) => ({ openapi: pack(openapi), docs: pack(docs) });
const pack = (text: string): string => brotliCompressSync(text).toString('base64');

const holds = (file: string, text: string): boolean => existsSync(file) && readFileSync(file, 'utf8') === text;

function writeIfChanged(file: string, text: string): void {
  if (holds(file, text)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** `node infra/generate-api.ts` writes docs/errors.md as well: it is kept in the repository, and a test compares the two. */
if (import.meta.main) {
  await generateApi();
  writeIfChanged(join(paths.root, 'docs/errors.md'), errorsDocument());
}

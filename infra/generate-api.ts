import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import * as z from 'zod';
import { fulfillmentContracts } from '../functions/api/fulfillments/contract.ts';
import { inventoryContracts } from '../functions/api/inventory/contract.ts';
import { metaContracts } from '../functions/api/meta/contract.ts';
import { orderContracts } from '../functions/api/orders/contract.ts';
import { webhookContracts } from '../functions/api/webhooks/contract.ts';
import { contractsOf, openApiDocument } from '../shared/api/openapi.ts';
import { errorsDocument } from './api-docs/errors.ts';
import { docsPage } from './api-docs/page.ts';
import { paths } from './paths.ts';

const Package = z.object({ version: z.string() });

export const allContracts = contractsOf(
  orderContracts,
  fulfillmentContracts,
  inventoryContracts,
  webhookContracts,
  metaContracts,
);

/** The OpenAPI document as JSON text. */
export function openApiText(): string {
  const { version } = Package.parse(JSON.parse(readFileSync(join(paths.root, 'package.json'), 'utf8')));
  return JSON.stringify(openApiDocument(allContracts, version));
}

/**
 * Writes the OpenAPI document and its page to `dist/api`, and `documents.json`, which `functions/api/meta` carries in its bundle: both
 * compressed, or they would be larger than all of its code. Same contracts, same bytes.
 */
export async function generateApi(): Promise<void> {
  const openapi = openApiText();
  const docs = docsPage(openapi);
  writeIfChanged(join(paths.api, 'openapi.json'), openapi);
  writeIfChanged(join(paths.api, 'docs.html'), docs);
  writeIfChanged(join(paths.api, 'documents.json'), JSON.stringify(packed(openapi, docs)));
}

/** The two documents as the function carries them. */
export function apiDocuments(): { openapi: string; docs: string } {
  const openapi = openApiText();
  return packed(openapi, docsPage(openapi));
}

const packed = (openapi: string, docs: string) => ({ openapi: pack(openapi), docs: pack(docs) });
const pack = (text: string): string => brotliCompressSync(text).toString('base64');

function writeIfChanged(file: string, text: string): void {
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** `node infra/generate-api.ts` writes docs/errors.md as well: it is kept in the repository, and a test compares the two. */
if (import.meta.main) {
  await generateApi();
  writeIfChanged(join(paths.root, 'docs/errors.md'), errorsDocument());
}

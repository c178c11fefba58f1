import type { Context } from 'aws-lambda';
import { accountRoutes } from '../../../functions/api/accounts/routes.ts';
import { availabilityRoutes } from '../../../functions/api/availability/routes.ts';
import { cartHoldRoutes } from '../../../functions/api/cart-holds/routes.ts';
import { creditMemoRoutes } from '../../../functions/api/credit-memos/routes.ts';
import { renderPdf } from '../../../functions/api/documents/render-pdf.ts';
import { documentRoutes } from '../../../functions/api/documents/routes.ts';
import { executionRoutes } from '../../../functions/api/executions/routes.ts';
import { feedRoutes } from '../../../functions/api/feeds/routes.ts';
import { fraudRoutes } from '../../../functions/api/fraud/routes.ts';
import { fulfillmentRoutes } from '../../../functions/api/fulfillments/routes.ts';
import { inventoryRoutes } from '../../../functions/api/inventory/routes.ts';
import { ledgerRoutes } from '../../../functions/api/ledger/routes.ts';
import { metaRoutes } from '../../../functions/api/meta/meta.ts';
import { networkRoutes } from '../../../functions/api/network/routes.ts';
import { operationRoutes } from '../../../functions/api/operations/routes.ts';
import { rememberingInventory } from '../../../functions/api/orders/place-order.ts';
import { orderRoutes } from '../../../functions/api/orders/routes.ts';
import { shippingServices } from '../../../functions/api/orders/shipping-services.ts';
import { paymentRoutes } from '../../../functions/api/payments/routes.ts';
import { quoteRoutes } from '../../../functions/api/quotes/routes.ts';
import { routingRoutes } from '../../../functions/api/routing/routes.ts';
import { settlementRoutes } from '../../../functions/api/settlements/routes.ts';
import { taxRoutes } from '../../../functions/api/tax/routes.ts';
import { webhookRoutes } from '../../../functions/api/webhooks/routes.ts';
import { apiDocuments, documentedRoutes } from '../../../infra/generate-api.ts';
import { routes } from '../../../infra/routes.ts';
import { accountPayments } from '../../../shared/adapters/account-payments.ts';
import { cashOnDelivery } from '../../../shared/adapters/cash-on-delivery.ts';
import { dynamoAccounts } from '../../../shared/adapters/dynamodb/account-store.ts';
import { dynamoFraudSettings } from '../../../shared/adapters/dynamodb/fraud-settings.ts';
import { dynamoCartHolds } from '../../../shared/adapters/dynamodb/inventory/cart-holds.ts';
import { dynamoFeeds } from '../../../shared/adapters/dynamodb/inventory/feed-store.ts';
import { dynamoKits } from '../../../shared/adapters/dynamodb/inventory/kits.ts';
import { dynamoStockShards } from '../../../shared/adapters/dynamodb/inventory/stock-shards.ts';
import { dynamoAccountCodes, dynamoLedgerReader } from '../../../shared/adapters/dynamodb/ledger/reader.ts';
import { dynamoSettlements } from '../../../shared/adapters/dynamodb/ledger/settlement-store.ts';
import { dynamoLogos, dynamoSellers } from '../../../shared/adapters/dynamodb/legal-entities.ts';
import { dynamoLegalEntities } from '../../../shared/adapters/dynamodb/legal-entity-store.ts';
import { dynamoNetwork } from '../../../shared/adapters/dynamodb/network-store.ts';
import { dynamoOperations } from '../../../shared/adapters/dynamodb/operation-store.ts';
import { dynamoOrderQueries } from '../../../shared/adapters/dynamodb/order-queries.ts';
import { dynamoOutages } from '../../../shared/adapters/dynamodb/outage-store.ts';
import { dynamoRouteLog } from '../../../shared/adapters/dynamodb/route-log.ts';
import { dynamoShadowLog } from '../../../shared/adapters/dynamodb/shadow-totals.ts';
import { dynamoShippingRates } from '../../../shared/adapters/dynamodb/shipping-rates.ts';
import { dynamoSimulations } from '../../../shared/adapters/dynamodb/simulation-store.ts';
import { dynamoTaxTables } from '../../../shared/adapters/dynamodb/tax-tables.ts';
import { PostalGeocoder } from '../../../shared/adapters/geocoding/postal-geocoder.ts';
import { memoryWebhooks } from '../../../shared/adapters/memory/webhooks.ts';
import { providersBy } from '../../../shared/adapters/payment-providers.ts';
import { memorySandboxBook } from '../../../shared/adapters/sandbox/book.ts';
import { sandboxCarrier } from '../../../shared/adapters/sandbox/carrier.ts';
import { sandboxPayments } from '../../../shared/adapters/sandbox/payment.ts';
import { sandboxWebhooks } from '../../../shared/adapters/sandbox/webhook.ts';
import { tableTaxes } from '../../../shared/adapters/tax-table.ts';
import { OrderResource } from '../../../shared/api/order-resources.ts';
import { OrderId } from '../../../shared/domain/ids.ts';
import { defaultPolicy } from '../../../shared/domain/policy.ts';
import { type ApiKeyRecord, type KeyRole, newApiKey } from '../../../shared/runtime/authentication.ts';
import type { RouteContract } from '../../../shared/runtime/contract.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import type { ApiEvent } from '../../../shared/runtime/request.ts';
import type { ApiHandler } from '../../../shared/runtime/route.ts';
import { authorizePayment } from '../../../shared/use-cases/authorize-payment.ts';
import { confirmOrder } from '../../../shared/use-cases/confirm-order.ts';
import type { CommandMeta } from '../../../shared/use-cases/execute.ts';
import { orderExceptions } from '../../../shared/use-cases/ledger/order-exceptions.ts';
import { reserveStock } from '../../../shared/use-cases/reserve-stock.ts';
import { allowedNetworks } from '../../../shared/webhooks/addresses.ts';
import { bucket } from '../../model/world.ts';
import { quietLog } from '../../quiet-log.ts';
import { count, dynamoStores } from '../stores/stores-for-tests.ts';
import { checkAnswer } from './openapi-answers.ts';

export interface Answered {
  status: number;
  headers: Record<string, string>;
  /** Parsed, when it is JSON. */
  body: unknown;
  text: string;
}

export interface Asking {
  body?: unknown;
  /** The body's very text. */
  raw?: string;
  /** Sent in base64, as API Gateway does with what is not text. */
  base64?: boolean;
  /** The body's very bytes. */
  bytes?: Buffer;
  headers?: Record<string, string>;
  /** The role of the key; `nobody` sends none. Default: admin. */
  as?: KeyRole | 'nobody';
  /** Tells keys of one role apart. */
  keyName?: string;
  /** Instead of the group's own. */
  handler?: ApiHandler;
}

const patterns = documentedRoutes.map(({ contract, tag }) => ({
  contract,
  tag,
  pattern: new RegExp(`^${contract.path.replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`),
}));

function find(
  method: string,
  path: string,
): { contract: RouteContract; tag: string; values: Record<string, string> } | undefined {
  for (const { contract, tag, pattern } of patterns) {
    const isHead = method === 'HEAD' && contract.method === 'GET' && contract.roles !== 'public';
    const match = contract.method === method || isHead ? pattern.exec(path) : null;
    if (match) return { contract, tag, values: { ...match.groups } };
  }
  return undefined;
}

let requests = 0;

/** What API Gateway hands to the function of a route (payload 2.0). */
function eventOf(
  method: string,
  target: string,
  asking: Asking,
  authorization: string | undefined,
): { event: ApiEvent; found: ReturnType<typeof find> } {
  const [path = '', rawQueryString = ''] = target.split('?');
  const rawPath = decodeURIComponent(path);
  const found = find(method, rawPath);
  const routeKey = found ? `${method} ${found.contract.path}` : '$default';
  const text = asking.raw ?? (asking.body === undefined ? undefined : JSON.stringify(asking.body));
  requests += 1;
  const event = {
    version: '2.0',
    routeKey,
    rawPath,
    rawQueryString,
    headers: {
      host: 'api.test',
      ...(authorization !== undefined && { authorization }),
      ...(text !== undefined && { 'content-type': 'application/json' }),
      ...asking.headers,
    },
    requestContext: {
      accountId: '123456789012',
      apiId: 'api',
      domainName: 'api.test',
      domainPrefix: 'api',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: `req-${requests}`,
      routeKey,
      stage: '$default',
      time: '05/Jan/2026:09:00:00 +0000',
      timeEpoch: 0,
    },
    ...(found && Object.keys(found.values).length > 0 && { pathParameters: found.values }),
    ...(text !== undefined && { body: text }),
    ...((asking.base64 || asking.bytes) && { body: (asking.bytes ?? Buffer.from(text ?? '')).toString('base64') }),
    isBase64Encoded: asking.base64 === true || asking.bytes !== undefined,
  };
  return { event, found };
}

/** Keys of every role, as many as are asked for, and what is kept of them. */
function keyRing() {
  const keys = new Map<string, string>();
  const records = new Map<string, ApiKeyRecord>();
  return {
    records,
    store: { apiKey: async (id: string) => records.get(id) },
    bearer(role: KeyRole, name = 'first'): string {
      const label = `${role} ${name}`;
      const known = keys.get(label);
      if (known) return known;
      const { key, record } = newApiKey({ role, name }, 0);
      records.set(record.id, record);
      keys.set(label, `Bearer ${key}`);
      return `Bearer ${key}`;
    },
  };
}

const context = { awsRequestId: 'lambda', getRemainingTimeInMillis: () => 10_000 } as Context;

/** Once for all files of a process: compressing takes longer than everything else here together. */
const documents = apiDocuments();

/** The whole API over the stores on the one-machine DynamoDB: handlers called as Lambda calls them, each answer held against the document. */
export async function startApi() {
  // Every refusal is a line in the log.
  quietLog();
  const stores = await dynamoStores([]);
  const { system, orders } = stores;
  for (const { sku, locationId, onHand } of [
    bucket('tea', 'dc-1', 500),
    bucket('cup', 'dc-1', 10),
    bucket('cup', 'dc-2', 5),
  ]) {
    await count(stores, sku, locationId, onHand);
  }
  const ring = keyRing();
  const book = memorySandboxBook();
  const webhooks = memoryWebhooks();
  const tables = dynamoTaxTables(stores.client, 'inventory');
  const own = { accounts: dynamoAccounts(stores.client, 'orders'), system };
  const deps = {
    door: keyDoor(ring.store, system.now),
    orders,
    system,
    policy: defaultPolicy,
    inventory: stores.inventory,
    backorders: stores.backorders,
    stock: stores.stock,
    levels: stores.levels,
    stockQueries: stores.stockQueries,
    shards: dynamoStockShards(stores.client, 'inventory', system),
    feeds: dynamoFeeds(stores.client, 'inventory', system),
    network: dynamoNetwork(stores.client, 'inventory', system),
    entities: dynamoLegalEntities(stores.client, 'inventory', system),
    logos: dynamoLogos(stores.client, 'inventory'),
    sellers: dynamoSellers(stores.client, 'inventory', system),
    tables,
    taxes: tableTaxes(tables),
    geocoder: new PostalGeocoder(),
    kits: dynamoKits(stores.client, 'inventory', system),
    holds: dynamoCartHolds(stores.client, 'inventory', system),
    services: shippingServices(dynamoShippingRates(stores.client, 'inventory'), system),
    cartHolds: dynamoCartHolds(stores.client, 'inventory', system),
    payments: providersBy({
      card: () => sandboxPayments(book, system.now),
      giftCard: () => accountPayments('giftCard', own),
      storeCredit: () => accountPayments('storeCredit', own),
      terms: () => accountPayments('terms', own),
      cashOnDelivery: () => cashOnDelivery(defaultPolicy),
    }),
    carrier: sandboxCarrier(book),
    queries: dynamoOrderQueries(stores.client, 'orders', orders, system),
    cursors: { cursorSecret: async () => Buffer.alloc(32, 7) },
    tenantId: 'test',
    describeExecution: async (_: string, name: string) => ({ executionArn: `arn:${name}`, status: 'SUCCEEDED' }),
  };
  const webhookDeps = { ...deps, webhooks: webhooks.store, idempotency: orders, allowed: allowedNetworks([]) };
  const handlers: Record<string, ApiHandler> = {
    accounts: accountRoutes({ ...deps, ...own }),
    payments: paymentRoutes({
      ...deps,
      idempotency: orders,
      webhooks: (provider) => (provider === 'sandbox' ? sandboxWebhooks(book) : undefined),
    }),
    'credit-memos': creditMemoRoutes(deps),
    documents: documentRoutes({ ...deps, renderPdf }),
    executions: executionRoutes(deps),
    orders: orderRoutes({ ...deps, inventory: rememberingInventory(stores.inventory) }),
    fulfillments: fulfillmentRoutes(deps),
    fraud: fraudRoutes({ ...deps, fraud: dynamoFraudSettings(stores.client, 'orders', system) }),
    inventory: inventoryRoutes(deps),
    operations: operationRoutes({
      ...deps,
      operations: dynamoOperations(stores.client, 'orders', system),
      outages: dynamoOutages(stores.client, { orders: 'orders', inventory: 'inventory' }, system),
      // The workflow that clears the location has tests of its own.
      start: async () => {},
    }),
    // What an execution does is up to the test.
    feeds: feedRoutes({ ...deps, start: async () => undefined }),
    network: networkRoutes(deps),
    tax: taxRoutes(deps),
    'cart-holds': cartHoldRoutes(deps),
    availability: availabilityRoutes(deps),
    quotes: quoteRoutes(deps),
    // What an execution does is up to the test.
    routing: routingRoutes({
      ...deps,
      idempotency: orders,
      shadows: dynamoShadowLog(stores.client, 'orders', system),
      simulations: dynamoSimulations(stores.client, 'orders'),
      routes: dynamoRouteLog(stores.client, 'orders'),
      start: async () => undefined,
    }),
    webhooks: webhookRoutes(webhookDeps),
    ledger: ledgerRoutes({
      ...deps,
      ledger: dynamoLedgerReader(stores.client, 'orders', system),
      codes: dynamoAccountCodes(stores.client, 'orders'),
    }),
    settlements: settlementRoutes({
      ...deps,
      settlements: dynamoSettlements(stores.client, 'orders', system),
      exceptions: orderExceptions(deps),
      timeZoneOf: async () => 'UTC',
    }),
    meta: metaRoutes({ stage: 'test', documents }),
  };

  const ask = async (method: string, target: string, asking: Asking = {}): Promise<Answered> => {
    const { as = 'admin', keyName } = asking;
    const authorization = as === 'nobody' ? undefined : ring.bearer(as, keyName);
    const { event, found } = eventOf(method, target, asking, authorization);
    const handler = asking.handler ?? handlers[routes.find(({ key }) => key === event.routeKey)?.group ?? 'meta'];
    if (!handler) throw new Error(`nobody answers ${method} ${target}`);
    const result = await handler(event, context);
    const headers = Object.fromEntries(
      Object.entries(result.headers ?? {}).map(([name, value]) => [name, String(value)]),
    );
    const text = result.body ?? '';
    const type = headers['content-type'] ?? '';
    const body = /json/.test(type) && text !== '' ? JSON.parse(text) : text === '' ? undefined : text;
    const status = result.statusCode ?? 0;
    if (found && method !== 'HEAD') checkAnswer(found.contract.path, found.contract.method, { status, type, body });
    return { status, headers, body, text };
  };

  const meta: CommandMeta = { actor: { id: 'test', role: 'system' }, correlationId: 'test', causationId: 'test' };
  let placed = 0;
  return {
    ...stores,
    deps,
    book,
    webhooks,
    webhookDeps,
    ask,
    ring,
    /** Lets time pass, in milliseconds. */
    later: stores.later,
    /** Places an order; the answer must be 201. */
    async place(changes: Record<string, unknown> = {}) {
      placed += 1;
      const key = { 'idempotency-key': `place-${placed}` };
      const body = { ...orderBody, externalId: `web-${placed}`, ...changes };
      const answer = await ask('POST', '/v1/orders', { body, headers: key, as: 'storefront' });
      if (answer.status !== 201) throw new Error(answer.text);
      return OrderResource.parse(answer.body);
    },
    /** What the workflow place-order does. */
    async confirm(id: string) {
      const orderId = OrderId.parse(id);
      await reserveStock(deps, orderId, meta);
      await authorizePayment(deps, orderId, meta);
      await confirmOrder(deps, orderId, meta);
      const order = await orders.load(orderId);
      return order?.fulfillments.map((one) => one.id) ?? [];
    },
  };
}
export type ApiForTests = Awaited<ReturnType<typeof startApi>>;

export const orderBody = {
  externalId: 'web-1',
  channel: 'web',
  currency: 'EUR',
  customer: { email: 'Ada@Example.com', name: 'Ada Lovelace', phone: '+34 600 000 000', locale: 'es-ES' },
  lines: [{ sku: 'tea', title: 'Tea', quantity: 2, unitPrice: 450 }],
  delivery: {
    method: 'ship',
    service: 'standard',
    address: { name: 'Ada Lovelace', line1: 'Calle Mayor 1', city: 'Madrid', postalCode: '28013', country: 'ES' },
  },
  payment: { method: 'card', token: 'tok_ok' },
};

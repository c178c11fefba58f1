import * as z from 'zod';
import { accountPayments } from '../adapters/account-payments.ts';
import { avataxConnection } from '../adapters/avatax/connect.ts';
import { avataxTaxes } from '../adapters/avatax/provider.ts';
import { cashOnDelivery } from '../adapters/cash-on-delivery.ts';
import { type AccessStore, dynamoAccessStore } from '../adapters/dynamodb/access-store.ts';
import { dynamoAccounts } from '../adapters/dynamodb/account-store.ts';
import { dynamoBackorderQueue } from '../adapters/dynamodb/backorders.ts';
import { dynamoDb } from '../adapters/dynamodb/client.ts';
import { dynamoFraudBook } from '../adapters/dynamodb/fraud-book.ts';
import { dynamoFraudSettings } from '../adapters/dynamodb/fraud-settings.ts';
import { dynamoCartHolds } from '../adapters/dynamodb/inventory/cart-holds.ts';
import { dynamoFeeds } from '../adapters/dynamodb/inventory/feed-store.ts';
import { dynamoKeptHolds } from '../adapters/dynamodb/inventory/kept-holds.ts';
import { dynamoKits, dynamoKitsAmong } from '../adapters/dynamodb/inventory/kits.ts';
import { dynamoKnownSkus } from '../adapters/dynamodb/inventory/known-skus.ts';
import { dynamoStockLevels } from '../adapters/dynamodb/inventory/levels.ts';
import { dynamoStockQueries } from '../adapters/dynamodb/inventory/stock-queries.ts';
import { dynamoStockShards } from '../adapters/dynamodb/inventory/stock-shards.ts';
import { dynamoStockStore } from '../adapters/dynamodb/inventory/stock-store.ts';
import { dynamoInventory } from '../adapters/dynamodb/inventory-store.ts';
import { pk, sk } from '../adapters/dynamodb/keys.ts';
import { dynamoLedgerClosing } from '../adapters/dynamodb/ledger/closing.ts';
import { dynamoLedgerJournal } from '../adapters/dynamodb/ledger/journal.ts';
import { dynamoAccountCodes, dynamoLedgerReader } from '../adapters/dynamodb/ledger/reader.ts';
import { dynamoLedgerSellers } from '../adapters/dynamodb/ledger/sellers.ts';
import { dynamoSettlements } from '../adapters/dynamodb/ledger/settlement-store.ts';
import { dynamoLogos, dynamoSellers, readEntity } from '../adapters/dynamodb/legal-entities.ts';
import { dynamoLegalEntities } from '../adapters/dynamodb/legal-entity-store.ts';
import { dynamoNetworkChanges } from '../adapters/dynamodb/network-changes.ts';
import { dynamoNetworkReader } from '../adapters/dynamodb/network-reader.ts';
import { dynamoNetwork } from '../adapters/dynamodb/network-store.ts';
import { dynamoOperations } from '../adapters/dynamodb/operation-store.ts';
import { orderFromItems } from '../adapters/dynamodb/order-items.ts';
import { dynamoOrderCommits, dynamoOrderStore, queryAll } from '../adapters/dynamodb/order-store.ts';
import { dynamoCurrentOutage, dynamoOutages } from '../adapters/dynamodb/outage-store.ts';
import { rememberedWish } from '../adapters/dynamodb/screening-wanted.ts';
import { dynamoTaxTables } from '../adapters/dynamodb/tax-tables.ts';
import { PostalGeocoder } from '../adapters/geocoding/postal-geocoder.ts';
import { minFraud } from '../adapters/minfraud/score.ts';
import { providersBy } from '../adapters/payment-providers.ts';
import { dynamoSandboxBook } from '../adapters/sandbox/book.ts';
import { sandboxCarrier } from '../adapters/sandbox/carrier.ts';
import { sandboxFraud } from '../adapters/sandbox/fraud.ts';
import { sandboxPayments } from '../adapters/sandbox/payment.ts';
import { sandboxWebhooks } from '../adapters/sandbox/webhook.ts';
import { readSecret } from '../adapters/secrets.ts';
import { stripeConnection } from '../adapters/stripe/connect.ts';
import { stripeNotices } from '../adapters/stripe/notices.ts';
import { stripePayments } from '../adapters/stripe/payment.ts';
import { realSystem } from '../adapters/system.ts';
import { tableTaxes } from '../adapters/tax-table.ts';
import type { AnsweringDeps } from '../api/order-answers.ts';
import type { AccountKind } from '../domain/accounts/account.ts';
import { Policy } from '../domain/policy.ts';
import type { AccountStore } from '../ports/accounts.ts';
import type { BackorderQueue } from '../ports/backorder-queue.ts';
import type { CarrierProvider } from '../ports/carrier.ts';
import type { CartHoldStore } from '../ports/cart-holds.ts';
import type { FeedStore } from '../ports/feeds.ts';
import type { FraudProvider } from '../ports/fraud.ts';
import type { FraudSettings, ScreeningWanted } from '../ports/fraud-book.ts';
import type { Geocoder } from '../ports/geocoder.ts';
import type { Inventory } from '../ports/inventory.ts';
import type { KitStore } from '../ports/kits.ts';
import type { AccountCodeStore, LedgerReader } from '../ports/ledger.ts';
import type { LegalEntities, LegalEntityStore, Logos } from '../ports/legal-entities.ts';
import type { NetworkChanges, NetworkReader, NetworkStore } from '../ports/network.ts';
import type { OperationStore, OutageStore } from '../ports/operations.ts';
import type { PaymentProvider, PaymentProviders, PaymentWebhooks } from '../ports/payment.ts';
import type { StockShards } from '../ports/stock-shards.ts';
import type { StockLevels, StockQueries, StockStore } from '../ports/stock-store.ts';
import type { TaxProvider, TaxTables } from '../ports/tax.ts';
import type { ExecuteDeps } from '../use-cases/execute.ts';
import type { JudgeDeps } from '../use-cases/fraud/judge-order.ts';
import type { CloseDaysDeps } from '../use-cases/ledger/close-days.ts';
import { orderExceptions } from '../use-cases/ledger/order-exceptions.ts';
import type { PostLedgerDeps } from '../use-cases/ledger/post-ledger.ts';
import type { ReconcileDeps } from '../use-cases/ledger/reconcile-settlement.ts';
import { jsonVariable, parseEnv, requiredVariable } from './env.ts';

/** What the handlers are built from, wired from the environment at cold start. One place chooses the adapters. */
export const system = realSystem();

export function executeDeps(): ExecuteDeps {
  const env = parseEnv(
    z.object({ ORDERS_TABLE: requiredVariable, INVENTORY_TABLE: requiredVariable, ORDER_POLICY: jsonVariable(Policy) }),
  );
  const tables = { orders: env.ORDERS_TABLE, inventory: env.INVENTORY_TABLE };
  return { orders: dynamoOrderCommits(dynamoDb, tables, system), system, policy: env.ORDER_POLICY };
}

/** For the API, which reads the events of orders besides. */
export const answeringDeps = (): AnsweringDeps => ({
  ...executeDeps(),
  orders: dynamoOrderStore(dynamoDb, bothTables(), system),
});

/** For who decides as the shop does, and changes no order. */
export const orderPolicy = (): Policy => parseEnv(z.object({ ORDER_POLICY: jsonVariable(Policy) })).ORDER_POLICY;

/** Orders that wait for supply, as they are served. */
export const backorders = (): BackorderQueue =>
  dynamoBackorderQueue(dynamoDb, parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE, system);

const bothTables = () => {
  const env = parseEnv(z.object({ ORDERS_TABLE: requiredVariable, INVENTORY_TABLE: requiredVariable }));
  return { orders: env.ORDERS_TABLE, inventory: env.INVENTORY_TABLE };
};

export const operations = (): OperationStore => dynamoOperations(dynamoDb, bothTables().orders, system);
export const outages = (): OutageStore => dynamoOutages(dynamoDb, bothTables(), system);
export const currentOutage = (): Pick<OutageStore, 'current'> =>
  dynamoCurrentOutage(dynamoDb, bothTables().inventory, system);

/** API keys and the secret of cursors. */
export const access = (): AccessStore =>
  dynamoAccessStore(dynamoDb, parseEnv(z.object({ ACCESS_TABLE: requiredVariable })).ACCESS_TABLE);

export function inventory(): Inventory {
  const env = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return dynamoInventory(dynamoDb, env.INVENTORY_TABLE, system);
}

/** Levels of stock that were announced. */
export const stockLevels = (): StockLevels =>
  dynamoStockLevels(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE, system);

/** The rows of hot SKUs. */
export const stockShards = (): StockShards =>
  dynamoStockShards(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE, system);

/** Stock as operators change, watch and list it. */
export function stockDeps(): { stock: StockStore; levels: StockLevels; stockQueries: StockQueries } {
  const { INVENTORY_TABLE: table } = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return {
    stock: dynamoStockStore(dynamoDb, table, system),
    levels: stockLevels(),
    stockQueries: dynamoStockQueries(dynamoDb, table, system),
  };
}

/** What placing an order asks of the inventory. */
export function placingDeps(): {
  inventory: Pick<Inventory, 'knownSkus'>;
  kits: Pick<KitStore, 'kitsAmong'>;
  holds: Pick<CartHoldStore, 'hold'>;
} {
  const { INVENTORY_TABLE: table } = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return {
    inventory: dynamoKnownSkus(dynamoDb, table, system),
    kits: dynamoKitsAmong(dynamoDb, table, system),
    holds: dynamoKeptHolds(dynamoDb, table),
  };
}

export const kits = (): KitStore =>
  dynamoKits(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE, system);

export const feeds = (): FeedStore =>
  dynamoFeeds(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE, system);

/** Stock as commands change it, without its lists. */
export const stockStore = (): StockStore =>
  dynamoStockStore(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE, system);

export function cartHolds(): CartHoldStore {
  const env = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return dynamoCartHolds(dynamoDb, env.INVENTORY_TABLE, system);
}

export function networkReader(): NetworkReader {
  const env = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return dynamoNetworkReader(dynamoDb, env.INVENTORY_TABLE, system);
}

export function networkStore(): NetworkStore {
  const env = parseEnv(z.object({ INVENTORY_TABLE: requiredVariable }));
  return dynamoNetwork(dynamoDb, env.INVENTORY_TABLE, system);
}

const inventoryTable = (): string => parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE;

export const legalEntityStore = (): LegalEntityStore => dynamoLegalEntities(dynamoDb, inventoryTable(), system);
export const logos = (): Logos => dynamoLogos(dynamoDb, inventoryTable());

/** Orders as they are, for who changes none. */
export const wholeOrders = (): Pick<ExecuteDeps['orders'], 'load'> => {
  const { ORDERS_TABLE: table } = parseEnv(z.object({ ORDERS_TABLE: requiredVariable }));
  return { load: async (id) => orderFromItems(await queryAll(dynamoDb, table, pk.order(id), sk.state)) };
};

/** The shop's own table of taxes. */
export const taxTables = (): TaxTables => dynamoTaxTables(dynamoDb, inventoryTable());

/** Who knows the taxes in this installation (`-c tax=…`). */
export function taxes(): TaxProvider {
  const { TAX_PROVIDER: provider } = parseEnv(z.object({ TAX_PROVIDER: z.enum(['table', 'avatax']) }));
  return provider === 'avatax' ? avatax() : tableTaxes(taxTables());
}

function avatax(): TaxProvider {
  const env = parseEnv(z.object({ AVATAX_SECRET_ARN: requiredVariable, AVATAX_API_BASE: z.url() }));
  const secret = () => readSecret(env.AVATAX_SECRET_ARN);
  return avataxTaxes(avataxConnection({ readSecret: secret, base: env.AVATAX_API_BASE, now: system.now }));
}

export const networkChanges = (): NetworkChanges =>
  dynamoNetworkChanges(dynamoDb, parseEnv(z.object({ INVENTORY_TABLE: requiredVariable })).INVENTORY_TABLE);

/** Rules and lists that orders are screened by, as operators change them. */
export const fraudSettings = (): FraudSettings =>
  dynamoFraudSettings(dynamoDb, parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE, system);

const fraudProvider = () =>
  parseEnv(z.object({ FRAUD_PROVIDER: z.enum(['none', 'rules', 'sandbox', 'minfraud']) })).FRAUD_PROVIDER;

/** Whether orders are screened here (`-c fraud=…`): only the shop's own rules must be asked for. */
export function screeningWanted(): ScreeningWanted {
  const provider = fraudProvider();
  if (provider !== 'rules') return { isWanted: async () => provider !== 'none' };
  return rememberedWish(dynamoDb, parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE, system.now);
}

/** The shop's rules, and who judges orders besides. */
export function judgeDeps(): JudgeDeps {
  const { ORDERS_TABLE: table } = parseEnv(z.object({ ORDERS_TABLE: requiredVariable }));
  return { book: dynamoFraudBook(dynamoDb, table, system), provider: judge() };
}

function judge(): FraudProvider | undefined {
  const provider = fraudProvider();
  if (provider === 'sandbox') return sandboxFraud(sandboxBook());
  if (provider !== 'minfraud') return undefined;
  const env = parseEnv(z.object({ MINFRAUD_SECRET_ARN: requiredVariable, MINFRAUD_API_BASE: z.url() }));
  const secret = () => readSecret(env.MINFRAUD_SECRET_ARN);
  return minFraud({ readSecret: secret, base: env.MINFRAUD_API_BASE, now: system.now });
}

export const geocoder = (): Geocoder => new PostalGeocoder();

const ordersTable = (): string => parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE;

/** The books, for who writes what events did to them. */
export const postLedgerDeps = (): PostLedgerDeps => ({
  journal: dynamoLedgerJournal(dynamoDb, ordersTable(), system),
  sellers: dynamoLedgerSellers(dynamoDb, { orders: ordersTable(), inventory: inventoryTable() }, system),
  timeZoneOf,
});

/** The books, for who reads them. */
export const ledgerReader = (): LedgerReader => dynamoLedgerReader(dynamoDb, ordersTable(), system);
export const accountCodes = (): AccountCodeStore => dynamoAccountCodes(dynamoDb, ordersTable());

const timeZoneOf = async (legalEntityId: string): Promise<string> =>
  (await readEntity(dynamoDb, inventoryTable(), legalEntityId))?.timeZone ?? 'UTC';

/** Settlement files, and the exceptions on orders that they end in. */
export const settlementDeps = (): ReconcileDeps => ({
  settlements: dynamoSettlements(dynamoDb, ordersTable(), system),
  exceptions: orderExceptions(executeDeps()),
  timeZoneOf,
  system,
});

export const closeDaysDeps = (): CloseDaysDeps => ({
  closing: dynamoLedgerClosing(dynamoDb, ordersTable(), system),
  reader: ledgerReader(),
  timeZoneOf,
  system,
});

const sandboxBook = () =>
  dynamoSandboxBook(dynamoDb, parseEnv(z.object({ SANDBOX_TABLE: requiredVariable })).SANDBOX_TABLE);

/** The provider that this installation was made for (`-c payments=…`). */
export function payments(): PaymentProvider {
  const { PAYMENT_PROVIDER: provider } = parseEnv(z.object({ PAYMENT_PROVIDER: z.enum(['sandbox', 'stripe']) }));
  return provider === 'stripe' ? stripe() : sandboxPayments(sandboxBook(), system.now);
}

/** Who moves the money of each method. */
export function paymentProviders(): PaymentProviders {
  const own = (kind: AccountKind) => () => accountPayments(kind, { accounts: accounts(), system });
  return providersBy({
    giftCard: own('giftCard'),
    storeCredit: own('storeCredit'),
    card: payments,
    terms: own('terms'),
    cashOnDelivery: () => cashOnDelivery(orderPolicy()),
  });
}

/** Gift cards, store credit, terms. */
export const accounts = (): AccountStore =>
  dynamoAccounts(dynamoDb, parseEnv(z.object({ ORDERS_TABLE: requiredVariable })).ORDERS_TABLE);

/** Who reads the notices of the provider that this installation was made for. */
export function paymentWebhooks(): (provider: string) => PaymentWebhooks | undefined {
  const { PAYMENT_PROVIDER: ours } = parseEnv(z.object({ PAYMENT_PROVIDER: z.enum(['sandbox', 'stripe']) }));
  const webhooks =
    ours === 'stripe'
      ? stripeNotices({ readSecret: readStripeSecret(), now: system.now })
      : sandboxWebhooks(sandboxBook());
  return (provider) => (provider === ours ? webhooks : undefined);
}

function readStripeSecret(): () => Promise<string> {
  const { STRIPE_SECRET_ARN: arn } = parseEnv(z.object({ STRIPE_SECRET_ARN: requiredVariable }));
  return () => readSecret(arn);
}

function stripe(): PaymentProvider {
  const { STRIPE_API_BASE: base } = parseEnv(z.object({ STRIPE_API_BASE: z.url() }));
  const api = stripeConnection({ readSecret: readStripeSecret(), base, now: system.now });
  return stripePayments({ api, now: system.now });
}
/** Who sells in which storefront. */
export const legalEntities = (): LegalEntities => dynamoSellers(dynamoDb, inventoryTable(), system);

export const carrier = (): CarrierProvider => sandboxCarrier(sandboxBook());

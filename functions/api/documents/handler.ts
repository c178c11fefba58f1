import { dynamoDb } from '../../../shared/adapters/dynamodb/client.ts';
import { pk, sk } from '../../../shared/adapters/dynamodb/keys.ts';
import { orderFromItems } from '../../../shared/adapters/dynamodb/order-items.ts';
import { queryAll } from '../../../shared/adapters/dynamodb/order-store.ts';
import type { OrderId } from '../../../shared/domain/ids.ts';
import { access, legalEntities, logos, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { ordersTable } from '../../../shared/runtime/workflow-env.ts';
import { renderPdf } from './render-pdf.ts';
import { documentRoutes } from './routes.ts';

const table = ordersTable();

export const handler = documentRoutes({
  door: keyDoor(access(), system.now),
  orders: { load: async (id: OrderId) => orderFromItems(await queryAll(dynamoDb, table, pk.order(id), sk.state)) },
  sellers: legalEntities(),
  logos: logos(),
  renderPdf,
});

import { inventory, system } from '../../../shared/runtime/dependencies.ts';
import { inventoryRoutes } from './routes.ts';

export const handler = inventoryRoutes({ inventory: inventory(), system });

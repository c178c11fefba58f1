import { access, inventory, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { inventoryRoutes } from './routes.ts';

export const handler = inventoryRoutes({ door: keyDoor(access(), system.now), inventory: inventory(), system });

import { access, inventory, stockDeps, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { inventoryRoutes } from './routes.ts';

const cursors = access();

export const handler = inventoryRoutes({
  door: keyDoor(cursors, system.now),
  inventory: inventory(),
  ...stockDeps(),
  cursors,
  system,
});

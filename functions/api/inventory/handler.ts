import { access, inventory, kits, stockDeps, stockShards, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { inventoryRoutes } from './routes.ts';

const cursors = access();

export const handler = inventoryRoutes({
  door: keyDoor(cursors, system.now),
  inventory: inventory(),
  ...stockDeps(),
  shards: stockShards(),
  kits: kits(),
  cursors,
  system,
});

import { access, accounts, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { accountRoutes } from './routes.ts';

const cursors = access();

export const handler = accountRoutes({
  door: keyDoor(cursors, system.now),
  accounts: accounts(),
  cursors,
  system,
});

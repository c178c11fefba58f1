import { access, legalEntityStore, logos, networkStore, system } from '../../../shared/runtime/dependencies.ts';
import { keyDoor } from '../../../shared/runtime/door.ts';
import { networkRoutes } from './routes.ts';

const cursors = access();

export const handler = networkRoutes({
  door: keyDoor(cursors, system.now),
  cursors,
  network: networkStore(),
  entities: legalEntityStore(),
  logos: logos(),
  system,
});
